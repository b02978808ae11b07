/** Matrices and normal laws in double precision, written independently of the families. */

export type Matrix = readonly (readonly number[])[];

export const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

export const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => (b[0] ?? []).map((_, j) => sum(row.map((x, l) => x * (b[l]?.[j] ?? NaN)))));

export const transposed = (a: Matrix): Matrix =>
  (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? NaN));

export const matrixOf = (n: number, entry: (i: number, j: number) => number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => entry(i, j)));

/** The inverse, by Gauss and Jordan's elimination with pivots. */
export const inverse = (a: Matrix): Matrix => {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let c = 0; c < n; c += 1) {
    const at = (i: number): number => Math.abs(rows[i]?.[c] ?? 0);
    let pivot = c;
    for (let i = c; i < n; i += 1) if (at(i) > at(pivot)) pivot = i;
    [rows[c], rows[pivot]] = [rows[pivot] ?? [], rows[c] ?? []];
    const head = (rows[c] ?? []).map((x) => x / (rows[c]?.[c] ?? NaN));
    rows.forEach((row, i) => {
      rows[i] = i === c ? head : row.map((x, j) => x - (row[c] ?? NaN) * (head[j] ?? NaN));
    });
  }
  return rows.map((row) => row.slice(n));
};

/** The lower Cholesky factor. */
export const factor = (a: Matrix): Matrix => {
  const l = a.map((row) => row.map(() => 0));
  a.forEach((row, i) =>
    row.slice(0, i + 1).forEach((x, j) => {
      const left = x - sum((l[i] ?? []).slice(0, j).map((y, p) => y * (l[j]?.[p] ?? NaN)));
      const to = l[i];
      if (to) to[j] = i === j ? Math.sqrt(left) : left / (l[j]?.[j] ?? NaN);
    }),
  );
  return l;
};

export const logDiagonal = (l: Matrix): number => sum(l.map((row, i) => Math.log(row[i] ?? NaN)));

/** log of the density of a normal vector with mean 0. */
export const logNormalVector = (z: readonly number[], covariance: Matrix): number => {
  const y = times(
    inverse(covariance),
    z.map((x) => [x]),
  ).map(([x = NaN]) => x);
  const squares = sum(z.map((x, i) => x * (y[i] ?? NaN)));
  return -0.5 * squares - logDiagonal(factor(covariance)) - 0.5 * z.length * Math.log(2 * Math.PI);
};

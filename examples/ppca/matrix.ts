/** Small dense linear algebra in double precision, row by row. */

export type Vector = readonly number[];
export type Matrix = readonly Vector[];

const at = (m: Matrix, i: number, j: number): number => m[i]?.[j] ?? Number.NaN;

export const dot = (a: Vector, b: Vector): number =>
  a.reduce((sum, x, i) => sum + x * (b[i] ?? Number.NaN), 0);

export const transpose = (a: Matrix): Matrix =>
  (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? Number.NaN));

export const multiply = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return a.map((row) => columns.map((column) => dot(row, column)));
};

/** a + λ I. */
export const plusDiagonal = (a: Matrix, lambda: number): Matrix =>
  a.map((row, i) => row.map((x, j) => (i === j ? x + lambda : x)));

/** The lower Cholesky factor of a positive-definite matrix. */
export const cholesky = (a: Matrix): Matrix => {
  const rows: number[][] = [];
  for (let i = 0; i < a.length; i += 1) {
    const row: number[] = [];
    for (let j = 0; j <= i; j += 1) {
      const other = j === i ? row : (rows[j] ?? []);
      const rest = at(a, i, j) - row.reduce((sum, x, k) => sum + x * (other[k] ?? 0), 0);
      row.push(j === i ? Math.sqrt(rest) : rest / (other[j] ?? Number.NaN));
    }
    rows.push(row);
  }
  return rows.map((row) => a.map((_, j) => row[j] ?? 0));
};

/** L⁻¹ v for a lower triangular L. */
export const solveLower = (l: Matrix, v: Vector): Vector => {
  const x: number[] = [];
  for (const [i, row] of l.entries()) {
    const rest = (v[i] ?? Number.NaN) - x.reduce((sum, y, k) => sum + y * (row[k] ?? 0), 0);
    x.push(rest / (row[i] ?? Number.NaN));
  }
  return x;
};

/** L⁻ᵀ v for a lower triangular L. */
const solveUpper = (l: Matrix, v: Vector): Vector => {
  const n = l.length;
  const x = Array.from({ length: n }, () => 0);
  for (let i = n - 1; i >= 0; i -= 1) {
    let rest = v[i] ?? Number.NaN;
    for (let k = i + 1; k < n; k += 1) rest -= at(l, k, i) * (x[k] ?? 0);
    x[i] = rest / at(l, i, i);
  }
  return x;
};

/** The inverse of L Lᵀ. */
export const inverseOf = (l: Matrix): Matrix =>
  l.map((_, i) =>
    solveUpper(
      l,
      solveLower(
        l,
        l.map((__, j) => (i === j ? 1 : 0)),
      ),
    ),
  );

/** The eigenvalues of a symmetric matrix, largest first, by Jacobi's rotations. */
export const eigenvalues = (symmetric: Matrix): Vector => {
  const a = symmetric.map((row) => [...row]);
  const n = a.length;
  const entry = (i: number, j: number): number => at(a, i, j);
  const rotate = (i: number, j: number): void => {
    if (entry(i, j) === 0) return;
    const theta = (entry(j, j) - entry(i, i)) / (2 * entry(i, j));
    const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
    const c = 1 / Math.hypot(t, 1);
    const s = t * c;
    for (let k = 0; k < n; k += 1) {
      const row = a[k] ?? [];
      const [x, y] = [row[i] ?? 0, row[j] ?? 0];
      row[i] = c * x - s * y;
      row[j] = s * x + c * y;
    }
    const [above, below] = [a[i] ?? [], a[j] ?? []];
    for (let k = 0; k < n; k += 1) {
      const [x, y] = [above[k] ?? 0, below[k] ?? 0];
      above[k] = c * x - s * y;
      below[k] = s * x + c * y;
    }
  };
  for (let sweep = 0; sweep < 12; sweep += 1) {
    for (let i = 0; i < n; i += 1) for (let j = i + 1; j < n; j += 1) rotate(i, j);
  }
  return a.map((_, i) => entry(i, i)).toSorted((x, y) => y - x);
};

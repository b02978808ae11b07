/** What a guide for a regression can know before it sees y: the scales and directions of its predictors. */

type Row = readonly number[];

/** The lower Cholesky factor of a small positive-definite matrix, in double precision. */
const choleskyOf = (a: readonly Row[]): readonly Row[] => {
  const l = a.map((row) => row.map(() => 0));
  a.forEach((row, i) =>
    row.slice(0, i + 1).forEach((value, j) => {
      const [li = [], lj = []] = [l[i], l[j]];
      const rest = li.slice(0, j).reduce((sum, x, k) => sum - x * (lj[k] ?? 0), value);
      li[j] = i === j ? Math.sqrt(rest) : rest / (lj[j] ?? 1);
    }),
  );
  return l;
};

/** The inverse of a lower-triangular matrix, by forward substitution. */
const inverseOf = (l: readonly Row[]): readonly Row[] => {
  const out: number[][] = [];
  l.forEach((row, i) => {
    out.push(
      row.map((_, j) => {
        const sum = row
          .slice(0, i)
          .reduce((s, x, k) => s - x * (out[k]?.[j] ?? 0), i === j ? 1 : 0);
        return sum / (row[i] ?? 1);
      }),
    );
  });
  return out;
};

/**
 * A lower-triangular matrix A, `[d, d]`, such that A⁻¹ β has uncorrelated entries of one size, in the
 * units of y, where β are the least-squares coefficients of noise: A Aᵀ = (Xᵀ X / n)⁻¹.
 */
export const whitening = (predictors: readonly Row[]): readonly Row[] => {
  const n = predictors.length;
  const columns = (predictors[0] ?? []).map((_, j) => predictors.map((row) => row[j] ?? 0));
  const dot = (a: Row, b: Row): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
  const inverse = inverseOf(choleskyOf(columns.map((a) => columns.map((b) => dot(a, b) / n))));
  const sides = columns.map((_, i) => inverse.map((row) => row[i] ?? 0));
  return choleskyOf(sides.map((a) => sides.map((b) => dot(a, b))));
};

/** The standard deviation of some numbers. */
export const deviation = (xs: Row): number => {
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
  return Math.sqrt(xs.reduce((sum, x) => sum + (x - mean) ** 2, 0) / xs.length);
};

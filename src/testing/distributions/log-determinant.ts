/** log |det A| of a square matrix in double precision. */

type Matrix = readonly (readonly number[])[];

/**
 * log |det A| by Gaussian elimination with partial pivoting, in nats; −∞ where A is singular.
 *
 * Source: Golub and Van Loan, Matrix Computations, section 3.4.
 *
 * @example
 * ```ts
 * logAbsDeterminant([[0, 2], [3, 1]]); // 1.7917595
 * ```
 */
export const logAbsDeterminant = (matrix: Matrix): number => {
  if (matrix.length === 0) return 0;
  const pivotRow = matrix.reduce(
    (best, row, i) => (Math.abs(row[0] ?? 0) > Math.abs(matrix[best]?.[0] ?? 0) ? i : best),
    0,
  );
  const [pivot = NaN, ...tail] = matrix[pivotRow] ?? [];
  if (pivot === 0) return -Infinity;
  const rest = matrix
    .filter((_, i) => i !== pivotRow)
    .map(([first = NaN, ...row]) => row.map((a, j) => a - (first / pivot) * (tail[j] ?? NaN)));
  return Math.log(Math.abs(pivot)) + logAbsDeterminant(rest);
};

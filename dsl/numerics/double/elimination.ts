/** Systems of square matrices in double precision, for host code. */

/** A matrix in a form that its systems and its determinant are read off. */
export interface Eliminated {
  /** L below the diagonal, whose own is 1, and U on and above it, row by row. */
  readonly lu: Float64Array;
  /** The row of the matrix that each row of `lu` comes from. */
  readonly from: Int32Array;
  /** log |det|; −∞ where there is no inverse. */
  readonly logAbsDet: number;
}

/**
 * Gaussian elimination with partial pivoting of a `k × k` matrix that `entry` gives.
 *
 * Source: Golub and Van Loan, Matrix Computations, section 3.4.
 */
export const eliminated = (
  k: number,
  entry: (row: number, column: number) => number,
): Eliminated => {
  const lu = Float64Array.from({ length: k * k }, (_, at) => entry(Math.floor(at / k), at % k));
  const from = Int32Array.from({ length: k }, (_, i) => i);
  const at = (i: number, j: number): number => lu[i * k + j] ?? Number.NaN;
  let logAbsDet = 0;
  for (let c = 0; c < k; c += 1) {
    let pivot = c;
    for (let i = c + 1; i < k; i += 1) if (Math.abs(at(i, c)) > Math.abs(at(pivot, c))) pivot = i;
    if (pivot !== c) {
      for (let j = 0; j < k; j += 1) {
        [lu[c * k + j], lu[pivot * k + j]] = [at(pivot, j), at(c, j)];
      }
      [from[c], from[pivot]] = [from[pivot] ?? 0, from[c] ?? 0];
    }
    logAbsDet += Math.log(Math.abs(at(c, c)));
    if (at(c, c) === 0) return { lu, from, logAbsDet: -Infinity };
    for (let i = c + 1; i < k; i += 1) {
      const factor = at(i, c) / at(c, c);
      lu[i * k + c] = factor;
      for (let j = c + 1; j < k; j += 1) lu[i * k + j] = at(i, j) - factor * at(c, j);
    }
  }
  return { lu, from, logAbsDet };
};

/** x of A x = b into `x`, where `b` gives the numbers on the right; NaN where there is no inverse. */
export const solvedInto = (
  x: Float64Array,
  { lu, from, logAbsDet }: Eliminated,
  b: (row: number) => number,
): void => {
  const k = x.length;
  if (logAbsDet === -Infinity) {
    x.fill(Number.NaN);
    return;
  }
  for (let i = 0; i < k; i += 1) {
    let left = b(from[i] ?? 0);
    for (let j = 0; j < i; j += 1) left -= (lu[i * k + j] ?? 0) * (x[j] ?? 0);
    x[i] = left;
  }
  for (let i = k - 1; i >= 0; i -= 1) {
    let left = x[i] ?? 0;
    for (let j = i + 1; j < k; j += 1) left -= (lu[i * k + j] ?? 0) * (x[j] ?? 0);
    x[i] = left / (lu[i * k + i] ?? 0);
  }
};

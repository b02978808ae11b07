/** Factors of matrices and triangular systems on plain arrays, in double precision whatever they are stored as. */
import type { HostCode } from '../../tensors/host-kernel.js';

/**
 * The lower Cholesky factor L of each `k × k` matrix A = L Lᵀ, row by row, zeros above the diagonal. Only
 * the lower triangle is read. NaN from the first column on whose pivot is not positive.
 *
 * Source: Golub and Van Loan, Matrix Computations, section 4.2.
 */
export const choleskyCode = (k: number): HostCode => {
  const l = new Float64Array(k * k);
  return ([a = []], out) => {
    for (let base = 0; base < a.length; base += k * k) {
      for (let i = 0; i < k; i += 1) {
        for (let j = 0; j <= i; j += 1) {
          let left = a[base + i * k + j] ?? Number.NaN;
          for (let p = 0; p < j; p += 1) left -= (l[i * k + p] ?? 0) * (l[j * k + p] ?? 0);
          l[i * k + j] =
            i > j ? left / (l[j * k + j] ?? 0) : left > 0 ? Math.sqrt(left) : Number.NaN;
        }
      }
      for (let at = 0; at < k * k; at += 1) out[base + at] = l[at] ?? 0;
    }
  };
};

/** Solves L x = b in place, row by row of L, from `from` on in `l`. */
const forward = (l: ArrayLike<number>, from: number, x: Float64Array): void => {
  const k = x.length;
  for (let i = 0; i < k; i += 1) {
    const row = from + i * k;
    let left = x[i] ?? 0;
    for (let j = 0; j < i; j += 1) left -= (l[row + j] ?? 0) * (x[j] ?? 0);
    x[i] = left / (l[row + i] ?? 0);
  }
};

/** Solves Lᵀ x = b in place; L is read by rows here too, which lie together. */
const backward = (l: ArrayLike<number>, from: number, x: Float64Array): void => {
  for (let i = x.length - 1; i >= 0; i -= 1) {
    const row = from + i * x.length;
    const found = (x[i] ?? 0) / (l[row + i] ?? 0);
    x[i] = found;
    for (let j = 0; j < i; j += 1) x[j] = (x[j] ?? 0) - (l[row + j] ?? 0) * found;
  }
};

/**
 * The solution x of L x = b, or of Lᵀ x = b where `adjoint` holds, for each lower-triangular `k × k` matrix
 * and each of the `rows` vectors b that belong to it. What lies above the diagonal is not read. NaN for all
 * of a matrix that has a zero on its diagonal.
 */
export const triangularSolveCode = (k: number, rows: number, adjoint: boolean): HostCode => {
  const x = new Float64Array(k);
  const solve = adjoint ? backward : forward;
  return ([l = [], b = []], out) => {
    let at = 0;
    for (let from = 0; from < l.length; from += k * k) {
      let singular = false;
      for (let i = 0; i < k; i += 1) singular ||= l[from + i * k + i] === 0;
      for (let row = 0; row < rows; row += 1, at += k) {
        for (let i = 0; i < k; i += 1) x[i] = singular ? Number.NaN : (b[at + i] ?? 0);
        solve(l, from, x);
        for (let i = 0; i < k; i += 1) out[at + i] = x[i] ?? 0;
      }
    }
  };
};

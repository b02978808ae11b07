/** Factors of matrices and triangular systems as kernels, with what their inputs are owed. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../../tensors/host-kernel.js';
import { broadcastAll, dropLast } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';
import { choleskyCode, triangularSolveCode } from './triangular.js';

/** A stack of matrices with its rows as columns: the same numbers, where there is one of either. */
export const swapped = (m: Tensor): Tensor => {
  const left = dropLast(m.shape, 2);
  const [rows = 1, columns = 1] = m.shape.slice(-2);
  return rows === 1 || columns === 1
    ? tf.reshape(m, [...left, columns, rows])
    : tf.transpose(m, [...left.map((_, i) => i), m.rank - 1, m.rank - 2]);
};

/** What lies below the diagonal by one factor, what lies on it by another, and nothing above it. */
export const lowerTriangle = (m: Tensor, below: number, on: number): Tensor => {
  const k = m.shape.at(-1) ?? 1;
  const factors = Array.from({ length: k * k }, (_, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    return i > j ? below : i === j ? on : 0;
  });
  return tf.mul(m, tf.tensor2d(factors, [k, k]));
};

/**
 * What the matrix and the vectors of a solve are owed. With B = L⁻¹ X̄ for the rows of X̄ (L⁻ᵀ where the
 * solve was by L): L̄ = −tril(B Xᵀ), or −tril(X Bᵀ) where it was by Lᵀ.
 *
 * Source: Giles 2008, An extended collection of matrix derivative results, section 2.3.1.
 */
const solveOwed = (
  l: Tensor,
  x: Tensor,
  dx: Tensor,
  adjoint: boolean,
): { readonly l: () => Tensor; readonly b: () => Tensor } => {
  const b = (): Tensor => solveRows(l, dx, !adjoint);
  return {
    b,
    l: () =>
      lowerTriangle(
        adjoint ? tf.matMul(x, b(), true, false) : tf.matMul(b(), x, true, false),
        -1,
        -1,
      ),
  };
};

/** The kernel of `solveRows`: inputs `l` and `b`, attribute `adjoint`. */
export const TRIANGULAR_SOLVE: HostKernel = {
  name: 'TriangularSolve',
  inputs: ['l', 'b'],
  work: ({ adjoint }, [, b = []]) => ({
    code: triangularSolveCode(b.at(-1) ?? 0, b.at(-2) ?? 0, adjoint === true),
    shape: b,
    dtype: 'float32',
  }),
  gradient: (dx, [l = dx, , x = dx], { adjoint }) => solveOwed(l, x, dx, adjoint === true),
};

/**
 * Solves by L `[..., k, k]`, or by Lᵀ, for each row of `b`, `[..., m, k]`: X = B L⁻ᵀ, or B L⁻¹. Left axes
 * broadcast.
 */
export const solveRows = (l: Tensor, b: Tensor, adjoint: boolean): Tensor => {
  const left = broadcastAll('a triangular solve', [dropLast(l.shape, 2), dropLast(b.shape, 2)]);
  const wide = (m: Tensor): Tensor => expandTo(m, [...left, ...m.shape.slice(-2)]);
  return runHostKernel(TRIANGULAR_SOLVE, { l: wide(l), b: wide(b) }, { adjoint });
};

/**
 * What a matrix is owed of its factor, lower triangle alone, since no more of it is read: with
 * S = L⁻ᵀ Φ(Lᵀ L̄) L⁻¹ and Φ the lower triangle with half its diagonal, S + Sᵀ below the diagonal, S on it.
 *
 * Source: Murray 2016, Differentiation of the Cholesky decomposition, equation 10, arXiv:1602.07527.
 */
export const choleskyOwed = (l: Tensor, dl: Tensor): Tensor => {
  const inner = lowerTriangle(tf.matMul(l, dl, true, false), 1, 0.5);
  const s = solveRows(l, swapped(solveRows(l, inner, true)), true);
  return lowerTriangle(tf.add(s, swapped(s)), 1, 0.5);
};

/** The kernel of `cholesky`: input `a`. */
export const CHOLESKY: HostKernel = {
  name: 'Cholesky',
  inputs: ['a'],
  work: (_, [a = []]) => ({ code: choleskyCode(a.at(-1) ?? 0), shape: a, dtype: 'float32' }),
  gradient: (dl, [, l = dl]) => ({ a: () => choleskyOwed(l, dl) }),
};

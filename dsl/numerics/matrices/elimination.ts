/** Systems of any invertible matrix and the sizes of determinants as kernels, with what their inputs are owed. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../../tensors/host-kernel.js';
import { broadcastAll, dropLast } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';
import { eliminated, solvedInto } from '../double/elimination.js';

/**
 * The kernel of `solveRowsOf`: inputs `a` and `b`, attribute `adjoint`. With B̄ = A⁻ᵀ X̄ for the rows of X̄ (A⁻¹
 * where the solve was by Aᵀ), Ā = −B̄ᵀ X, or −Xᵀ B̄.
 *
 * Source: Giles 2008, An extended collection of matrix derivative results, section 2.3.1.
 */
export const MATRIX_SOLVE: HostKernel = {
  name: 'MatrixSolve',
  inputs: ['a', 'b'],
  work: ({ adjoint }, [, shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([a = [], b = []], out) => {
      const k = shape.at(-1) ?? 0;
      const size = (shape.at(-2) ?? 0) * k;
      const x = new Float64Array(k);
      for (let matrix = 0; matrix * size < b.length; matrix += 1) {
        const base = matrix * k * k;
        const of = eliminated(
          k,
          (i, j) => a[base + (adjoint === true ? j * k + i : i * k + j)] ?? 0,
        );
        for (let row = matrix * size; row < (matrix + 1) * size; row += k) {
          solvedInto(x, of, (i) => b[row + i] ?? 0);
          for (let i = 0; i < k; i += 1) out[row + i] = x[i] ?? 0;
        }
      }
    },
  }),
  gradient: (dx, [a = dx, , x = dx], attributes) => {
    const adjoint = attributes['adjoint'] === true;
    const b = (): Tensor => solveRowsOf(a, dx, !adjoint);
    return {
      b,
      a: () => tf.neg(adjoint ? tf.matMul(x, b(), true, false) : tf.matMul(b(), x, true, false)),
    };
  },
};

/** Solves by A `[..., k, k]`, or by Aᵀ, for each row of `b`, `[..., m, k]`. Left axes broadcast. */
export const solveRowsOf = (a: Tensor, b: Tensor, adjoint: boolean): Tensor => {
  const left = broadcastAll('a solve', [dropLast(a.shape, 2), dropLast(b.shape, 2)]);
  const wide = (m: Tensor): Tensor => expandTo(m, [...left, ...m.shape.slice(-2)]);
  return runHostKernel(MATRIX_SOLVE, { a: wide(a), b: wide(b) }, { adjoint });
};

/** The kernel of `logAbsDet`: input `a`, which is owed A⁻ᵀ. */
export const LOG_ABS_DET: HostKernel = {
  name: 'LogAbsDet',
  inputs: ['a'],
  work: (_, [shape = []]) => ({
    shape: dropLast(shape, 2),
    dtype: 'float32',
    code: ([a = []], out) => {
      const k = shape.at(-1) ?? 0;
      for (let matrix = 0; matrix * k * k < a.length; matrix += 1) {
        const { logAbsDet } = eliminated(k, (i, j) => a[matrix * k * k + i * k + j] ?? 0);
        out[matrix] = logAbsDet;
      }
    },
  }),
  gradient: (dy, [a = dy]) => ({
    a: () => {
      const inverse = solveRowsOf(a, tf.eye(a.shape.at(-1) ?? 1), false);
      return tf.mul(tf.reshape(dy, [...dy.shape, 1, 1]), inverse);
    },
  }),
};

/** Factors of matrices that are made of others, as kernels that never round what they factor to float32. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../../tensors/host-kernel.js';
import { broadcastAll, dropLast } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';
import { choleskyOwed, lowerTriangle, swapped } from './factors.js';
import { diagonal } from '../linear-algebra.js';
import { choleskyCode } from './triangular.js';

/** Matrices `n × n`, one after another, of what gives an entry of the lower triangle. */
const stacked = (
  count: number,
  n: number,
  entry: (matrix: number, row: number, column: number) => number,
): Float64Array => {
  const all = new Float64Array(count * n * n);
  for (let m = 0, at = 0; m < count; m += 1) {
    for (let i = 0; i < n; i += 1) {
      for (let j = 0; j < n; j += 1, at += 1) if (j <= i) all[at] = entry(m, i, j);
    }
  }
  return all;
};

/** The kernel of `gramCholesky`: inputs `v` and `d`. With Ḡ for the matrix, v̄ = (Ḡ + Ḡᵀ) v and d̄ is its diagonal. */
export const GRAM_CHOLESKY: HostKernel = {
  name: 'GramCholesky',
  inputs: ['v', 'd'],
  work: (_, [v = [], d = []]) => {
    const [n = 0, r = 0] = v.slice(-2);
    const factor = choleskyCode(n);
    return {
      shape: [...d, n],
      dtype: 'float32',
      code: ([numbers = [], on = []], out) => {
        const entry = (m: number, i: number, j: number): number => {
          let sum = i === j ? (on[m * n + i] ?? Number.NaN) : 0;
          for (let l = 0; l < r; l += 1) {
            sum += (numbers[(m * n + i) * r + l] ?? 0) * (numbers[(m * n + j) * r + l] ?? 0);
          }
          return sum;
        };
        factor([stacked(on.length / n, n, entry)], out);
      },
    };
  },
  gradient: (dl, [v = dl, , l = dl]) => {
    const owed = (): Tensor => choleskyOwed(l, dl);
    return {
      v: () => {
        const g = owed();
        return tf.matMul(tf.add(g, swapped(g)), v);
      },
      d: () => diagonal(owed()),
    };
  },
};

/** The lower Cholesky factor of diag(d) + v vᵀ, for `v` of shape `[..., n, r]` and positive `d`, `[..., n]`. */
export const gramCholesky = (v: Tensor, d: Tensor): Tensor => {
  const left = broadcastAll('a factor of a sum', [dropLast(v.shape, 2), dropLast(d.shape, 1)]);
  return runHostKernel(GRAM_CHOLESKY, {
    v: expandTo(v, [...left, ...v.shape.slice(-2)]),
    d: expandTo(d, [...left, ...d.shape.slice(-1)]),
  });
};

/** L lower with L Lᵀ = P⁻¹ for each P: L⁻¹ is the factor of P with rows and columns in reverse, turned over. */
const scalesOf = (precisions: Float64Array, k: number, out: { [at: number]: number }): void => {
  const last = k - 1;
  const count = precisions.length / (k * k);
  const reversed = stacked(
    count,
    k,
    (m, i, j) => precisions[m * k * k + (last - j) * k + (last - i)] ?? Number.NaN,
  );
  choleskyCode(k)([reversed], reversed);
  const w = (base: number, i: number, j: number): number =>
    reversed[base + (last - j) * k + (last - i)] ?? Number.NaN;
  const x = new Float64Array(k);
  for (let base = 0; base < precisions.length; base += k * k) {
    for (let column = 0; column < k; column += 1) {
      for (let i = 0; i < k; i += 1) {
        let left = i === column ? 1 : 0;
        for (let j = column; j < i; j += 1) left -= w(base, i, j) * (x[j] ?? 0);
        x[i] = i < column ? 0 : left / w(base, i, i);
        out[base + i * k + column] = x[i] ?? 0;
      }
    }
  }
};

/**
 * The kernel of `scaleOfPrecision`: input `p`, attribute `isFactor`. With K = L (Φ + Φᵀ) Lᵀ, where Φ is the lower
 * triangle of Lᵀ L̄ with half its diagonal, P̄ = −½ K, and −K C for a factor C of P.
 */
export const SCALE_OF_PRECISION: HostKernel = {
  name: 'ScaleOfPrecision',
  inputs: ['p'],
  work: ({ isFactor }, [shape = []]) => {
    const k = shape.at(-1) ?? 0;
    return {
      shape,
      dtype: 'float32',
      code: ([p = []], out) => {
        const at = (m: number, i: number, j: number): number =>
          p[(m * k + i) * k + j] ?? Number.NaN;
        const square = (m: number, i: number, j: number): number => {
          let sum = 0;
          for (let l = 0; l <= j; l += 1) sum += at(m, i, l) * at(m, j, l);
          return sum;
        };
        scalesOf(stacked(p.length / (k * k), k, isFactor === true ? square : at), k, out);
      },
    };
  },
  gradient: (dl, [p = dl, l = dl], { isFactor }) => ({
    p: () => {
      const phi = lowerTriangle(tf.matMul(l, dl, true, false), 1, 0.5);
      const both = tf.matMul(tf.matMul(l, tf.add(phi, swapped(phi))), l, false, true);
      return isFactor === true
        ? lowerTriangle(tf.matMul(both, lowerTriangle(p, 1, 1)), -1, -1)
        : lowerTriangle(both, -1, -0.5);
    },
  }),
};

/**
 * The lower Cholesky factor of P⁻¹, by a precision P `[..., k, k]` or, where `isFactor` holds, by its factor C with
 * P = C Cᵀ. Only lower triangles are read; NaN where P is not positive definite.
 */
export const scaleOfPrecision = (p: Tensor, isFactor: boolean): Tensor =>
  runHostKernel(SCALE_OF_PRECISION, { p }, { isFactor });

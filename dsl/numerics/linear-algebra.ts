/**
 * Linear algebra, of triangular matrices mostly. Every function acts on the last two axes, broadcasts over the axes before
 * them and is differentiable. Factors are found, and systems solved, in double precision.
 */
import * as tf from '@tensorflow/tfjs';
import { withGradient } from '../tensors/gradient.js';
import type { Tensor } from '../tensors/tensor.js';
import { expandTo } from '../tensors/tensor.js';
import { LOG_ABS_DET, solveRowsOf } from './matrices/elimination.js';
import { CHOLESKY, solveRows } from './matrices/factors.js';
import { runHostKernel } from '../tensors/host-kernel.js';
import { broadcastAll, dropLast } from '../tensors/shape.js';

const order = (m: Tensor): number => m.shape[m.rank - 1] ?? 1;

/**
 * The product of two matrices `[..., n, k]` and `[..., k, m]` whose left axes broadcast.
 *
 * @example
 * ```ts
 * const swap = asTensor([[0, 1], [1, 0]]);
 * linearAlgebra.matMul(asTensor([[1, 2], [3, 4]]), swap).arraySync(); // [[2, 1], [4, 3]]
 * ```
 */
export const matMul = (a: Tensor, b: Tensor): Tensor => {
  const batch = broadcastAll('matMul', [dropLast(a.shape, 2), dropLast(b.shape, 2)]);
  // The gradient of a batched product in TensorFlow.js assumes equal batches, so widen first.
  return tf.matMul(
    expandTo(a, [...batch, ...a.shape.slice(-2)]),
    expandTo(b, [...batch, ...b.shape.slice(-2)]),
  );
};

/**
 * A v for `a` of shape `[..., n, k]` and `v` of shape `[..., k]`, left axes broadcast.
 *
 * A single matrix against many vectors is one matrix product; a matrix per vector is a weighted sum.
 *
 * @example
 * ```ts
 * linearAlgebra.matVec(asTensor([[1, 2], [3, 4]]), asTensor([1, 1])).arraySync(); // [3, 7]
 * ```
 */
export const matVec = (a: Tensor, v: Tensor): Tensor => {
  const k = order(a);
  return a.rank === 2 && v.rank > 1
    ? tf.reshape(tf.matMul(tf.reshape(v, [-1, k]), tf.transpose(a)), [
        ...dropLast(v.shape, 1),
        a.shape[0] ?? 1,
      ])
    : tf.sum(tf.mul(a, tf.expandDims(v, -2)), -1);
};

/**
 * The diagonal of `[..., k, k]` as `[..., k]`.
 *
 * @example
 * ```ts
 * linearAlgebra.diagonal(asTensor([[1, 2], [3, 4]])).arraySync(); // [1, 4]
 * ```
 */
export const diagonal = (m: Tensor): Tensor => tf.sum(tf.mul(m, tf.eye(order(m))), -1);

/**
 * The matrix `[..., k, k]` with the vector `[..., k]` on its diagonal and zeros elsewhere.
 *
 * @example
 * ```ts
 * linearAlgebra.diagonalMatrix(asTensor([1, 4])).arraySync(); // [[1, 0], [0, 4]]
 * ```
 */
export const diagonalMatrix = (d: Tensor): Tensor =>
  tf.mul(tf.expandDims(d, -1), tf.eye(d.shape[d.rank - 1] ?? 1));

/** A constant matrix of more numbers than this costs more than a gather does. */
const MOST_PLACED = 1e6;

/**
 * Places `[..., k(k−1)/2]` entries, row by row, strictly below the diagonal of a `k × k` matrix.
 *
 * A product with a constant 0/1 matrix, whose gradient is a product too; where that matrix, of k⁴/2
 * numbers, would be large, a gather from the entries and a zero.
 *
 * @example
 * ```ts
 * linearAlgebra.strictlyLower(asTensor([1, 2, 3]), 3).arraySync(); // [[0, 0, 0], [1, 0, 0], [2, 3, 0]]
 * ```
 */
export const strictlyLower = (entries: Tensor, k: number): Tensor => {
  const count = (k * (k - 1)) / 2;
  if (entries.shape[entries.rank - 1] !== count) {
    throw new RangeError(
      `strictlyLower: expected ${count} entries for a ${k} x ${k} matrix, but got ` +
        `${entries.shape[entries.rank - 1]}; give k(k-1)/2 of them, row by row.`,
    );
  }
  const left = dropLast(entries.shape, 1);
  if (count === 0) return tf.zeros([...left, k, k]);
  if (count * k * k > MOST_PLACED) {
    const from = Int32Array.from({ length: k * k }, (_, at) => {
      const [i, j] = [Math.floor(at / k), at % k];
      return j < i ? (i * (i - 1)) / 2 + j : count;
    });
    // The gradient of a gather adds up what was gathered, place by place: here no entry is met twice.
    return withGradient(
      entries,
      (x) => {
        const padded = tf.concat([x, tf.zeros([...left, 1])], -1);
        const found = tf.gather(padded, tf.tensor1d(from, 'int32'), padded.rank - 1);
        return tf.reshape(found, [...left, k, k]);
      },
      (dy) => strictlyLowerEntries(dy),
    );
  }
  const rows: number[] = [];
  for (let i = 0; i < k; i += 1) for (let j = 0; j < i; j += 1) rows.push(i * k + j);
  const place = tf.oneHot(tf.tensor1d(rows, 'int32'), k * k).cast('float32');
  return tf.reshape(tf.matMul(tf.reshape(entries, [-1, count]), place), [...left, k, k]);
};

/**
 * The strictly lower entries of `[..., k, k]`, row by row: the inverse of `strictlyLower`.
 *
 * @example
 * ```ts
 * const m = asTensor([[9, 9, 9], [1, 9, 9], [2, 3, 9]]);
 * linearAlgebra.strictlyLowerEntries(m).arraySync(); // [1, 2, 3]
 * ```
 */
export const strictlyLowerEntries = (m: Tensor): Tensor => {
  const k = order(m);
  const at: number[] = [];
  for (let i = 0; i < k; i += 1) for (let j = 0; j < i; j += 1) at.push(i * k + j);
  const left = dropLast(m.shape, 2);
  if (at.length === 0) return tf.zeros([...left, 0]);
  if (at.length * k * k > MOST_PLACED) {
    return withGradient(
      m,
      (x) => {
        const flat = tf.reshape(x, [...left, k * k]);
        return tf.gather(flat, tf.tensor1d(at, 'int32'), flat.rank - 1);
      },
      (dy) => strictlyLower(dy, k),
    );
  }
  const pick = tf.transpose(tf.oneHot(tf.tensor1d(at, 'int32'), k * k).cast('float32'));
  return tf.reshape(tf.matMul(tf.reshape(m, [-1, k * k]), pick), [...left, at.length]);
};

/**
 * The inverse of a lower-triangular matrix. What lies above the diagonal is not read. A zero on the
 * diagonal gives NaN.
 *
 * @example
 * ```ts
 * linearAlgebra.triangularInverse(asTensor([[2, 0], [1, 1]])).arraySync(); // [[0.5, 0], [-0.5, 1]]
 * ```
 */
export const triangularInverse = (l: Tensor): Tensor => solveRows(l, tf.eye(order(l)), true);

/**
 * L⁻¹ v for lower-triangular L `[..., k, k]` and `v` of shape `[..., k]`, left axes broadcast. What lies
 * above the diagonal is not read. A zero on the diagonal gives NaN.
 *
 * @example
 * ```ts
 * linearAlgebra.triangularSolve(asTensor([[2, 0], [1, 1]]), asTensor([2, 3])).arraySync(); // [1, 2]
 * ```
 */
export const triangularSolve = (l: Tensor, v: Tensor): Tensor => {
  const k = order(l);
  if (l.rank === 2) return tf.reshape(solveRows(l, tf.reshape(v, [-1, k]), false), v.shape);
  return tf.squeeze(solveRows(l, tf.expandDims(v, -2), false), [-2]);
};

/**
 * A⁻¹ v for any invertible A `[..., k, k]` and `v` of shape `[..., k]`, left axes broadcast. A matrix without an
 * inverse gives NaN.
 *
 * @example
 * ```ts
 * linearAlgebra.solve(asTensor([[0, 2], [3, 0]]), asTensor([4, 3])).arraySync(); // [1, 2]
 * ```
 */
export const solve = (a: Tensor, v: Tensor): Tensor => {
  if (a.rank === 2) {
    return tf.reshape(solveRowsOf(a, tf.reshape(v, [-1, order(a)]), false), v.shape);
  }
  return tf.squeeze(solveRowsOf(a, tf.expandDims(v, -2), false), [-2]);
};

/**
 * log |det A| of any square A `[..., k, k]`, in nats; −∞ for one without an inverse.
 *
 * @example
 * ```ts
 * linearAlgebra.logAbsDet(asTensor([[0, 2], [3, 0]])).dataSync()[0]; // Math.log(6)
 * ```
 */
export const logAbsDet = (a: Tensor): Tensor => runHostKernel(LOG_ABS_DET, { a });

/**
 * log |det L| = Σ log diag L, for a lower-triangular L with positive diagonal.
 *
 * @example
 * ```ts
 * linearAlgebra.triangularLogDet(asTensor([[2, 0], [1, 3]])).dataSync()[0]; // 1.7917595
 * ```
 */
export const triangularLogDet = (l: Tensor): Tensor => tf.sum(tf.log(diagonal(l)), -1);

/**
 * The lower Cholesky factor L of a symmetric positive-definite A = L Lᵀ. Only the lower triangle is read.
 *
 * A matrix that is not positive definite gives NaN from the first column where it shows. The factor is
 * found in double precision; that a matrix has lost its smallest eigenvalue to float32 before that cannot
 * be mended here: 1 + 10⁻¹⁰ is 1.
 *
 * @example
 * ```ts
 * linearAlgebra.cholesky(asTensor([[4, 2], [2, 2]])).arraySync(); // [[2, 0], [1, 1]]
 * ```
 */
export const cholesky = (a: Tensor): Tensor => runHostKernel(CHOLESKY, { a });

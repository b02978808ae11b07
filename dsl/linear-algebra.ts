/**
 * Triangular linear algebra from products and elementwise operations, since TensorFlow.js has no
 * Cholesky factor and no triangular solve. Every function acts on the last two axes, broadcasts
 * over the axes before them and is differentiable.
 */
import * as tf from '@tensorflow/tfjs';
import { withGradient } from './gradient.js';
import type { Tensor } from './tensor.js';
import { expandTo } from './tensor.js';
import { broadcastAll, dropLast } from './shape.js';

const maskOf = (k: number, keep: (row: number, column: number) => boolean): Tensor =>
  tf.tensor2d(
    Array.from({ length: k * k }, (_, i) => (keep(Math.floor(i / k), i % k) ? 1 : 0)),
    [k, k],
  );

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
export const diagonal = (m: Tensor): Tensor =>
  tf.sum(
    tf.mul(
      m,
      maskOf(order(m), (i, j) => i === j),
    ),
    -1,
  );

/**
 * The matrix `[..., k, k]` with the vector `[..., k]` on its diagonal and zeros elsewhere.
 *
 * @example
 * ```ts
 * linearAlgebra.diagonalMatrix(asTensor([1, 4])).arraySync(); // [[1, 0], [0, 4]]
 * ```
 */
export const diagonalMatrix = (d: Tensor): Tensor =>
  tf.mul(
    tf.expandDims(d, -1),
    maskOf(d.shape[d.rank - 1] ?? 1, (i, j) => i === j),
  );

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
 * The inverse of a lower-triangular matrix by doubling: with X the inverses of the diagonal blocks
 * of width s, X − X (L ∘ M) X has those of width 2s, where M keeps the blocks under the diagonal.
 *
 * Exact in ⌈log₂ k⌉ pairs of products. What lies above the diagonal does not count, so long as it is
 * finite. A zero on the diagonal gives NaN.
 *
 * @example
 * ```ts
 * linearAlgebra.triangularInverse(asTensor([[2, 0], [1, 1]])).arraySync(); // [[0.5, 0], [-0.5, 1]]
 * ```
 */
export const triangularInverse = (l: Tensor): Tensor => {
  const k = order(l);
  let inverse = diagonalMatrix(tf.reciprocal(diagonal(l)));
  for (let s = 1; s < k; s *= 2) {
    const below = maskOf(
      k,
      (i, j) =>
        Math.floor(i / (2 * s)) === Math.floor(j / (2 * s)) &&
        Math.floor(i / s) > Math.floor(j / s),
    );
    inverse = tf.sub(inverse, matMul(matMul(inverse, tf.mul(l, below)), inverse));
  }
  return inverse;
};

/** The widest matrix that is inverted whole: a wider one costs fewer products in parts. */
const WIDEST = 16;

/**
 * L⁻¹ v for lower-triangular L `[..., k, k]` and `v` of shape `[..., k]`.
 *
 * By halves: with L = [A 0; B C] and v = [a; b], x = [A⁻¹ a; C⁻¹ (b − B A⁻¹ a)]. Of order k² numbers for
 * each vector.
 *
 * @example
 * ```ts
 * linearAlgebra.triangularSolve(asTensor([[2, 0], [1, 1]]), asTensor([2, 3])).arraySync(); // [1, 2]
 * ```
 */
export const triangularSolve = (l: Tensor, v: Tensor): Tensor => {
  const k = order(l);
  if (k <= WIDEST) return matVec(triangularInverse(l), v);
  const upper = Math.ceil(k / 2 / WIDEST) * WIDEST;
  const blockOf = (row: number, column: number, rows: number, columns: number): Tensor =>
    tf.slice(
      l,
      [...dropLast(l.shape, 2).map(() => 0), row, column],
      [...dropLast(l.shape, 2), rows, columns],
    );
  const entries = (from: number, count: number): Tensor =>
    tf.slice(v, [...dropLast(v.shape, 1).map(() => 0), from], [...dropLast(v.shape, 1), count]);
  const lower = k - upper;
  const first = triangularSolve(blockOf(0, 0, upper, upper), entries(0, upper));
  const moved = tf.sub(entries(upper, lower), matVec(blockOf(upper, 0, lower, upper), first));
  const second = triangularSolve(blockOf(upper, upper, lower, lower), moved);
  const left = dropLast(second.shape, 1);
  return tf.concat([expandTo(first, [...left, upper]), second], -1);
};

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
 * The lower Cholesky factor L of a symmetric positive-definite A = L Lᵀ, a column at a time
 * (Golub and Van Loan, Matrix Computations, section 4.2). Only the lower triangle is read.
 *
 * A matrix that is not positive definite gives NaN from the first column where it shows.
 *
 * @example
 * ```ts
 * linearAlgebra.cholesky(asTensor([[4, 2], [2, 2]])).arraySync(); // [[2, 0], [1, 1]]
 * ```
 */
export const cholesky = (a: Tensor): Tensor => {
  const k = order(a);
  const left = dropLast(a.shape, 2);
  const column = (m: Tensor, j: number, from: number): Tensor =>
    tf.slice(m, [...left.map(() => 0), from, j], [...left, k - from, 1]);
  const columns: Tensor[] = [];
  for (let j = 0; j < k; j += 1) {
    const done = columns.length === 0 ? undefined : tf.concat(columns, -1);
    const below = column(a, j, j);
    const residual =
      done === undefined
        ? below
        : tf.sub(
            below,
            tf.sum(
              tf.mul(
                tf.slice(done, [...left.map(() => 0), j, 0], [...left, k - j, j]),
                tf.slice(done, [...left.map(() => 0), j, 0], [...left, 1, j]),
              ),
              -1,
              true,
            ),
          );
    const pivot = tf.slice(residual, left.map(() => 0).concat([0, 0]), [...left, 1, 1]);
    const scaled = tf.div(residual, tf.sqrt(pivot));
    columns.push(j === 0 ? scaled : tf.concat([tf.zeros([...left, j, 1]), scaled], -2));
  }
  return tf.concat(columns, -1);
};

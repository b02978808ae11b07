/** The maximum mean discrepancy between two laws, from draws of each. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';

/** A kernel k(x, y) as a function of |x − y|², elementwise. */
export type KernelFunction = (squaredDistance: Tensor) => Tensor;

/**
 * The Gaussian kernel, exp(−|x − y|² / (2 scale²)).
 *
 * @example
 * ```ts
 * gaussianKernel(2)(tf.scalar(8)).dataSync()[0]; // 0.3678794
 * ```
 */
export const gaussianKernel =
  (scale: number): KernelFunction =>
  (squared) =>
    tf.exp(tf.mul(squared, -0.5 / scale ** 2));

/**
 * The inverse multiquadric kernel, c / (c + |x − y|²): its tails are heavy, so far draws still pull.
 * 2 d σ² is usual for c with codes of d entries from a normal prior of deviation σ (Tolstikhin et al.
 * 2018, Wasserstein Auto-Encoders, section 4, arXiv:1711.01558).
 *
 * @example
 * ```ts
 * inverseMultiquadric(2)(tf.scalar(6)).dataSync()[0]; // 0.25
 * ```
 */
export const inverseMultiquadric =
  (c: number): KernelFunction =>
  (squared) =>
    tf.div(c, tf.add(squared, c));

const between = (x: Tensor, y: Tensor, kernel: KernelFunction): Tensor =>
  kernel(tf.sum(tf.square(tf.sub(tf.expandDims(x, 1), tf.expandDims(y, 0))), -1));

/** The mean of k over pairs of different rows. */
const within = (x: Tensor, kernel: KernelFunction): Tensor => {
  const rows = x.shape[0] ?? 0;
  const own = tf.mul(kernel(tf.zeros([1])), rows);
  return tf.div(tf.sub(tf.sum(between(x, x, kernel)), tf.sum(own)), rows * (rows - 1));
};

/**
 * The square of the maximum mean discrepancy, E k(x, x′) + E k(y, y′) − 2 E k(x, y), from n draws
 * `[n, d]` of one law and m draws `[m, d]` of the other: the unbiased estimate, which leaves out
 * pairs of a draw with itself and may be below 0.
 *
 * - Gradient: through both.
 * - Errors: fewer than two draws of either, or entries that differ, are a `RangeError`.
 * - Source: Gretton et al. 2012, A Kernel Two-Sample Test, lemma 6,
 *   https://jmlr.org/papers/v13/gretton12a.html.
 *
 * @example
 * ```ts
 * const [x, y] = [tf.tensor2d([[0], [2]]), tf.tensor2d([[0], [2]])];
 * maximumMeanDiscrepancy(x, y, inverseMultiquadric(4)).dataSync()[0]; // -0.5
 * ```
 */
export const maximumMeanDiscrepancy = (x: Tensor, y: Tensor, kernel: KernelFunction): Tensor => {
  const fits = x.rank === 2 && y.rank === 2 && x.shape[1] === y.shape[1];
  if (!fits || Math.min(x.shape[0] ?? 0, y.shape[0] ?? 0) < 2) {
    throw new RangeError(
      'maximumMeanDiscrepancy: expected two tables of at least two rows, of equally many entries, ' +
        `but got shapes [${x.shape.join(', ')}] and [${y.shape.join(', ')}].`,
    );
  }
  const cross = tf.mul(tf.mean(between(x, y, kernel)), 2);
  return tf.sub(tf.add(within(x, kernel), within(y, kernel)), cross);
};

/** Power means of importance weights, in logarithms. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, choose, less } from '../../../dsl/index.js';
import { withoutGradient } from '../../../dsl/tensors/gradient.js';
import { logOrImpossible } from '../../../dsl/numerics/special.js';

/** The largest of each column where `sign` is positive, or else the smallest; 0 where it is infinite. */
const anchor = (x: Tensor, sign: number): Tensor =>
  withoutGradient([x], ([v = x]) => {
    const m = sign > 0 ? tf.max(v, 0, true) : tf.min(v, 0, true);
    return tf.where(tf.isFinite(m), m, tf.zerosLike(m));
  });

/**
 * log (1/K Σ_k w_k^t)^(1/t) along the first axis, from log weights: the log of their power mean of
 * order t.
 *
 * Order 1 is the log of the mean, order 0, the limit, the mean of the logs. It does not decrease
 * with t. Bounds differ in t alone: 1 for IWAE, 0 for the ELBO, 1 − α for Rényi's, n for CUBO's.
 *
 * - Shapes: `[K, ...]` to `[...]`.
 * - Gradient: Σ_k v_k ∂ log w_k with v the softmax of t log w.
 * - Edges: exact to rounding for every t, however small. A weight of 0, log w = −∞, counts as 0 for t > 0, and makes the result −∞
 *   for t ≤ 0.
 * - Source: Hardy, Littlewood and Pólya, Inequalities, sections 2.2 and 2.9.
 *
 * @example
 * ```ts
 * logPowerMean(asTensor([0, Math.log(3)]), 1).dataSync()[0]; // 0.6931472
 * logPowerMean(asTensor([0, Math.log(3)]), 0).dataSync()[0]; // 0.5493061
 * ```
 */
export const logPowerMean = (weights: Tensor, order: number): Tensor => {
  if (order === 0) return tf.mean(weights, 0);
  const peak = anchor(weights, order);
  const scaled = tf.mul(tf.sub(weights, peak), order);
  // Weights that are nearly equal to the power t lose their differences in 1 + x, and far smaller
  // ones than the largest theirs in x − 1: each form is taken where it is exact.
  const mean = tf.mean(tf.exp(scaled), 0);
  const excess = tf.mean(tf.expm1(scaled), 0);
  const isFar = less(excess, tf.scalar(-0.5));
  // Two weights of which one is 0 lie at −½ to the bit, where a maximum would pass half of the gradient.
  const near = tf.log1p(choose(isFar, tf.fill(excess.shape, -0.5), excess));
  const log = choose(isFar, logOrImpossible(mean), near);
  return tf.add(tf.div(log, order), tf.squeeze(peak, [0]));
};

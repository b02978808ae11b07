/** Importance weights as shares of their sum. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, choose, greater } from '../../dsl/index.js';
import { withoutGradient } from '../../dsl/gradient.js';

/**
 * w_k / Σ_j w_j along the first axis, from log weights: each particle's share. It has no gradient,
 * as a factor in a surrogate must have none.
 *
 * @example
 * ```ts
 * normalisedWeights(asTensor([0, Math.log(3)])).arraySync(); // [0.25, 0.75]
 * ```
 */
export const normalisedWeights = (weights: Tensor): Tensor =>
  withoutGradient([weights], ([w = weights]) => {
    const scaled = tf.exp(tf.sub(w, tf.max(w, 0, true)));
    return tf.div(scaled, tf.sum(scaled, 0, true));
  });

/**
 * Σ_k share_k x_k along the first axis, where a share of 0 adds nothing, whatever x is: an impossible
 * draw has log density −∞.
 *
 * @example
 * ```ts
 * weightedMean(asTensor([0.25, 0.75, 0]), asTensor([4, 8, -Infinity])).dataSync()[0]; // 7
 * ```
 */
export const weightedMean = (share: Tensor, x: Tensor): Tensor => {
  const counts = greater(share, tf.zerosLike(share));
  return tf.sum(tf.mul(share, choose(counts, x, tf.zerosLike(x))), 0);
};

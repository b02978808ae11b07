/** Importance weights as shares of their sum. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, choose, greater } from '../../../dsl/index.js';
import { withoutGradient } from '../../../dsl/tensors/gradient.js';

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
 * Σ_k share_k x_k along the first axis, of shares that sum to 1. A share of 0 adds nothing, whatever x
 * is: an impossible draw has log density −∞.
 *
 * It is taken around the largest x, so that the mean of equal numbers is that number, though shares
 * that are rounded sum to 1 only nearly. Gradient: share_k, and none for the shares' sum.
 *
 * @example
 * ```ts
 * weightedMean(asTensor([0.25, 0.75, 0]), asTensor([4, 8, -Infinity])).dataSync()[0]; // 7
 * ```
 */
export const weightedMean = (share: Tensor, x: Tensor): Tensor => {
  const counts = greater(share, tf.zerosLike(share));
  const peak = withoutGradient([x], ([v = x]) => {
    const m = tf.max(v, 0, true);
    return tf.where(tf.isFinite(m), m, tf.zerosLike(m));
  });
  const around = choose(counts, tf.sub(x, peak), tf.zerosLike(x));
  return tf.add(tf.sum(tf.mul(share, around), 0), tf.squeeze(peak, [0]));
};

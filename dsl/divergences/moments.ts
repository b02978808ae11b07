/**
 * Divergences to laws whose log density is a polynomial of a number: with a closed entropy and closed moments of q there
 * is no more to know of it. KL(q ‖ p) = −H(q) − E_q log p.
 */
import * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../law/distribution.js';
import { HALF_LOG_TWO_PI } from '../numerics/special.js';
import { isWithin } from '../supports/inclusion.js';
import type { Support } from '../supports/support.js';
import { choose, less } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';
import type { LocationScale } from './gaussian.js';

/** A law of one number with a density and an entropy, whose values all lie in a set. */
const densityWithin = (q: Distribution, outer: Support): boolean =>
  q.eventShape.length === 0 &&
  q.entropy !== undefined &&
  // A mask leaves terms out of the entropy, and what is known in part is no law of its draws.
  q.structure === undefined &&
  q.unmasked === undefined &&
  isWithin(q.support, outer);

/** A term that is infinite where the moment in it is, or does not exist. */
const orInfinite = (term: Tensor): Tensor =>
  choose(less(term, tf.scalar(Infinity)), term, tf.scalar(Infinity));

const lessEntropy = (q: Distribution, crossed: Tensor): Tensor | undefined => {
  const entropy = q.entropy?.();
  return entropy && tf.sub(crossed, entropy);
};

/** log σ + ½ log 2π + ((m − μ)² + v) / 2σ² − H, with mean m and variance v of q. */
export const klToNormal = (
  q: Distribution,
  { loc, scale }: LocationScale,
  line: Support,
): Tensor | undefined => {
  const [mean, variance] = [q.mean?.(), q.variance?.()];
  if (mean === undefined || variance === undefined || !densityWithin(q, line)) return undefined;
  const square = tf.add(
    tf.square(tf.div(tf.sub(mean, loc), scale)),
    tf.div(variance, tf.square(scale)),
  );
  const crossed = tf.add(tf.add(tf.log(scale), HALF_LOG_TWO_PI), orInfinite(tf.div(square, 2)));
  return lessEntropy(q, crossed);
};

/** log σ + ½ log(π / 2) + (m² + v) / 2σ² − H. */
export const klToHalfNormal = (
  q: Distribution,
  scale: Tensor,
  halfLine: Support,
): Tensor | undefined => {
  const whole = klToNormal(q, { loc: tf.scalar(0), scale }, halfLine);
  return whole && tf.sub(whole, Math.LN2);
};

/** λ m − log λ − H. */
export const klToExponential = (
  q: Distribution,
  rate: Tensor,
  halfLine: Support,
): Tensor | undefined => {
  const mean = q.mean?.();
  if (mean === undefined || !densityWithin(q, halfLine)) return undefined;
  return lessEntropy(q, tf.sub(orInfinite(tf.mul(rate, mean)), tf.log(rate)));
};

/** log(b − a) − H, of a law that has nothing outside. */
export const klToUniform = (
  q: Distribution,
  width: Tensor,
  interval: Support,
): Tensor | undefined => (densityWithin(q, interval) ? lessEntropy(q, tf.log(width)) : undefined);

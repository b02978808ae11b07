/** What families on the half line share: where float32 ends near 0, and the density below it. */
import * as tf from '@tensorflow/tfjs';
import { choose, equal, less } from '../../tensors/comparison.js';
import { SMALLEST } from '../../checks/off-bounds.js';
import type { Distribution } from '../../law/distribution.js';
import type { Tensor } from '../../tensors/tensor.js';

/** x, or `least` where it is below that, without gradient there. */
export const atLeast = (x: Tensor, least: number): Tensor =>
  choose(less(x, tf.scalar(least)), tf.scalar(least), x);

/**
 * x, or 2⁻¹⁰⁰ where it is below that, without gradient there: draws that underflow lie in the open
 * half line, with a finite density and finite gradients, and a value of 0 has a density.
 */
export const awayFromZero = (x: Tensor): Tensor => atLeast(x, SMALLEST);

/** A distribution function on the half line, 0 below it. */
export const shareOfHalfLine = (value: Tensor, share: Tensor): Tensor =>
  choose(less(value, tf.scalar(0)), tf.scalar(0), share);

/** The logarithm of a share that lies below a value, of none below 0; and of that which lies above it, there of all. */
export const logTailsOfHalfLine = (
  below: (value: Tensor) => Tensor,
  above: (value: Tensor) => Tensor,
): Required<Pick<Distribution, 'logCdf' | 'logSurvival'>> => ({
  logCdf: (value) => onHalfLine(value, below(awayFromZero(value))),
  logSurvival: (value) =>
    choose(less(value, tf.scalar(0)), tf.scalar(0), above(awayFromZero(value))),
});

/** A log density on the half line, −∞ below 0. */
export const onHalfLine = (value: Tensor, logDensity: Tensor): Tensor =>
  choose(less(value, tf.scalar(0)), tf.scalar(-Infinity), logDensity);

/**
 * The same by a density of finite values, −∞ at ∞ as well: of formulas with parts that are infinite with both signs
 * there.
 */
export const onFiniteHalfLine = (value: Tensor, logDensity: (x: Tensor) => Tensor): Tensor => {
  const isInfinite = equal(value, tf.scalar(Infinity));
  const density = logDensity(choose(isInfinite, tf.scalar(1), value));
  return choose(isInfinite, tf.scalar(-Infinity), onHalfLine(value, density));
};

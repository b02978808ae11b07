import * as tf from '@tensorflow/tfjs';
import { choose, greater, greaterEqual, less } from '../../tensors/comparison.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klToUniform } from '../../divergences/moments.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Interval, interval, positive, real } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const uniformFamily: Family<{ readonly low: Tensor; readonly high: Tensor }> = {
  name: 'Uniform',
  axes: { low: 0, high: 0 },
  of: ({ low, high }) => uniform(low, high),
};

/** A bound that is a number is part of the support's type; any other is only known at run time. */
export type Bound<B> = B extends number ? B : number;

export function boundOf<B extends TensorLike>(bound: B): Bound<B>;
export function boundOf(bound: TensorLike): number {
  return typeof bound === 'number' ? bound : Number.NaN;
}

/**
 * The uniform distribution on the interval (low, high).
 *
 * log p(z) = −log(high − low) inside, −∞ outside, in nats. The bounds count as inside: rounding to
 * float32 can put a draw on them.
 *
 * - Shapes: batch is `low` and `high` broadcast; an event is one number.
 * - Gradient: pathwise, z = low + (high − low) u.
 * - Edges: tensors with high < low give −∞ everywhere, and a NaN entropy.
 * - Errors: numbers with high ≤ low are a `RangeError`.
 *
 * @example
 * ```ts
 * uniform(0, 4).logProb(tf.scalar(1)).dataSync()[0]; // -1.3862944
 * ```
 */
export const uniform = <const L extends TensorLike, const H extends TensorLike>(
  low: L,
  high: H,
): Distribution<Interval<Bound<L>, Bound<H>>, 'pathwise'> => {
  const a = asTensor(low);
  const b = asTensor(high);
  const width = tf.sub(b, a);
  // Judged before the interval is made, which would speak of itself.
  const judged = argumentsOf('uniform', {
    low: [low, a, real],
    high: [high, b, real],
    'high - low': [
      typeof low === 'number' && typeof high === 'number' ? high - low : width,
      width,
      positive,
    ],
  });
  const support = interval(boundOf(low), boundOf(high));
  return distribution({
    family: uniformFamily,
    parameters: { low: a, high: b },
    arguments: judged,
    support,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => ({ value: tf.add(a, tf.mul(width, u)) }),
    },
    logProb: (value) => {
      const inside = tf.mul(greaterEqual(value, a), greaterEqual(b, value));
      const density = tf.add(tf.neg(tf.log(width)), tf.zerosLike(inside));
      return choose(inside, density, tf.fill(inside.shape, -Infinity));
    },
    mean: () => tf.div(tf.add(a, b), 2),
    variance: () => tf.div(tf.square(width), 12),
    entropy: () => tf.log(width),
    cdf: (value) => tf.clipByValue(tf.div(tf.sub(value, a), width), 0, 1),
    icdf: (u) => tf.add(a, tf.mul(width, u)),
    klTo: (p) => {
      if (!isOf(p, uniformFamily)) return undefined;
      const { low: from, high: to } = p.parameters;
      const wider = tf.log(tf.div(tf.sub(to, from), width));
      return choose(tf.add(less(a, from), greater(b, to)), tf.scalar(Infinity), wider);
    },
    klFrom: (q) => klToUniform(q, width, support),
  });
};

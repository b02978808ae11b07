import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { polynomial } from '../../numerics/polynomial.js';
import { type Interval, interval, positive } from '../../supports/index.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type Bound, boundOf } from '../real-line/uniform.js';

type LogUniformParameters = { readonly low: Tensor; readonly high: Tensor };

export const logUniformFamily: Family<LogUniformParameters> = {
  name: 'LogUniform',
  axes: { low: 0, high: 0 },
  of: ({ low, high }) => logUniform(low, high),
};

/** (n − 1) / (2 (n + 1)!) for n = 2, 3, …: (eᴸ + 1) / 2 − (eᴸ − 1) / L over L², as a series. */
const SPREAD = [1 / 12, 1 / 24, 1 / 80, 1 / 360, 1 / 2016, 1 / 13440, 1 / 103680] as const;

/**
 * The log-uniform distribution, or reciprocal law: the logarithm of z is uniform, so that each order of magnitude from
 * `low` to `high` is as likely. A prior for scales and learning rates.
 *
 * log p(z) = −log z − log log(high / low) inside, −∞ outside, in nats. The bounds count as inside.
 *
 * - Shapes: batch is `low` and `high` broadcast; an event is one number.
 * - Gradient: pathwise, z = low e^(u L) with L = log(high / low).
 * - Edges: tensors with high ≤ low, or of 0 or below, give NaN or infinities.
 * - Errors: numbers with high ≤ low, or a `low` of 0 or below, are a `RangeError`.
 * - Source: Hamming, On the Distribution of Numbers, 1970, doi:10.1002/j.1538-7305.1970.tb04281.x.
 *
 * @example
 * ```ts
 * logUniform(1, 100).cdf?.(tf.scalar(10)).dataSync()[0]; // 0.5
 * logUniform(1, Math.E).logProb(tf.scalar(2)).dataSync()[0]; // -Math.log(2)
 * ```
 */
export const logUniform = <const L extends TensorLike, const H extends TensorLike>(
  low: L,
  high: H,
): Distribution<Interval<Bound<L>, Bound<H>>, 'pathwise'> => {
  const [a, b] = [asTensor(low), asTensor(high)];
  const gap = tf.sub(b, a);
  const length = tf.log1p(tf.div(gap, a));
  const outside = (value: Tensor): Tensor => tf.add(less(value, a), greater(value, b));
  const inside = (value: Tensor): Tensor => tf.minimum(tf.maximum(value, a), b);
  const mean = (): Tensor => tf.div(gap, length);
  return distribution({
    family: logUniformFamily,
    parameters: { low: a, high: b },
    arguments: argumentsOf('logUniform', {
      low: [low, a, positive],
      high: [high, b, positive],
      'high - low': [
        typeof low === 'number' && typeof high === 'number' ? high - low : gap,
        gap,
        positive,
      ],
    }),
    support: interval(boundOf(low), boundOf(high)),
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => ({ value: inside(tf.mul(a, tf.exp(tf.mul(u, length)))) }),
    },
    logProb: (value) => {
      const density = tf.neg(tf.add(tf.log(inside(value)), tf.log(length)));
      return choose(outside(value), tf.scalar(-Infinity), density);
    },
    mean,
    variance: () => {
      const isShort = less(length, tf.scalar(1));
      const short = choose(isShort, length, tf.scalar(1));
      const near = tf.mul(tf.square(short), polynomial(short, SPREAD));
      const far = tf.sub(tf.div(tf.add(tf.exp(length), 1), 2), tf.div(tf.expm1(length), length));
      return tf.mul(tf.mul(mean(), a), choose(isShort, near, far));
    },
    entropy: () => tf.add(tf.log(a), tf.add(tf.div(length, 2), tf.log(length))),
    cdf: (value) => tf.div(tf.log(tf.div(inside(value), a)), length),
    icdf: (u) => inside(tf.mul(a, tf.exp(tf.mul(u, length)))),
    klTo: (p) => {
      if (!isOf(p, logUniformFamily)) return undefined;
      const { low: from, high: to } = p.parameters;
      const wider = tf.log(tf.div(tf.log(tf.div(to, from)), length));
      return choose(tf.add(less(a, from), greater(b, to)), tf.scalar(Infinity), wider);
    },
  });
};

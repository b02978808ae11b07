import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from '../../divergences/gaussian.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klCauchy } from '../../divergences/cauchy.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { log1pSquare, tanOfQuarter } from '../../numerics/special.js';
import { type Real, positive, real } from '../../supports/index.js';
import { choose, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const cauchyFamily: Family<LocationScale> = {
  name: 'Cauchy',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => cauchy(loc, scale),
};

/** ½ + arctan(y) / π, by 1 / y to the left, where both terms would cancel. */
const share = (y: Tensor): Tensor => {
  const isLeft = less(y, tf.scalar(-1));
  const far = tf.div(tf.atan(tf.neg(tf.reciprocal(choose(isLeft, y, tf.scalar(-1))))), Math.PI);
  return choose(isLeft, far, tf.add(tf.div(tf.atan(y), Math.PI), 0.5));
};

/** The y with such a share, by the smaller of that and what is left, on its side. */
const quantile = (smaller: Tensor, side: Tensor): Tensor => {
  const outer = tf.mul(smaller, 2);
  return tf.mul(tf.sign(side), tanOfQuarter(tf.sub(1, outer), outer));
};

const quantileOfLog = (log: Tensor): Tensor => {
  const [below, above] = [tf.exp(log), tf.neg(tf.expm1(log))];
  return quantile(tf.minimum(below, above), tf.sub(below, above));
};

/**
 * The Cauchy distribution with median `loc`, of which half the mass lies within `scale` of it.
 *
 * log p(z) = −log π − log scale − log(1 + y²) with y = (z − loc) / scale, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale ε₁ / ε₂ with two normal numbers.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. It has no mean and no variance.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 16.
 *
 * @example
 * ```ts
 * cauchy(1, 2).logProb(tf.scalar(3)).dataSync()[0]; // -Math.log(4 * Math.PI)
 * cauchy(1, 2).cdf?.(tf.scalar(3)).dataSync()[0]; // 0.75
 * ```
 */
export const cauchy = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const standardised = (value: Tensor): Tensor => tf.div(tf.sub(value, m), s);
  return distribution({
    family: cauchyFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('cauchy', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal'), baseNoise('normal')],
      draw: ([over = tf.scalar(1), under = tf.scalar(1)]) => ({
        value: tf.add(m, tf.mul(s, tf.div(over, under))),
      }),
    },
    logProb: (value) => {
      const tail = log1pSquare(standardised(value));
      return tf.neg(tf.add(tf.add(tf.log(s), tail), Math.log(Math.PI)));
    },
    entropy: () => tf.add(tf.log(s), Math.log(4 * Math.PI)),
    cdf: (value) => share(standardised(value)),
    logCdf: (value) => tf.log(share(standardised(value))),
    logSurvival: (value) => tf.log(share(tf.neg(standardised(value)))),
    inverseLogCdf: (log) => tf.add(m, tf.mul(s, quantileOfLog(log))),
    inverseLogSurvival: (log) => tf.sub(m, tf.mul(s, quantileOfLog(log))),
    icdf: (u) => tf.add(m, tf.mul(s, quantile(tf.minimum(u, tf.sub(1, u)), tf.sub(u, 0.5)))),
    klTo: (p) => (isOf(p, cauchyFamily) ? klCauchy({ loc: m, scale: s }, p.parameters) : undefined),
  });
};

import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from '../../divergences/gaussian.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klGumbel } from '../../divergences/gumbel.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { EULER_GAMMA, logOneMinusExp } from '../../numerics/special.js';
import { imageUnder } from '../../law/preimage.js';
import { type Real, positive, real } from '../../supports/index.js';
import { choose, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const gumbelFamily: Family<LocationScale> = {
  name: 'Gumbel',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => gumbel(loc, scale),
};

/** Shares above with smaller logarithms are e^−y to rounding. */
const FAR = -20;

/** The y above which a standard law has a share with such a logarithm. */
const upperQuantile = (log: Tensor): Tensor => {
  const isFar = less(log, tf.scalar(FAR));
  const near = tf.neg(choose(isFar, tf.scalar(FAR), log));
  return tf.neg(choose(isFar, log, tf.log(tf.neg(logOneMinusExp(near)))));
};

/**
 * The Gumbel distribution with mode `loc`: the law of the largest of many numbers.
 *
 * log p(z) = −y − e^−y − log scale with y = (z − loc) / scale, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale g with g standard Gumbel.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. `scale` is not the standard deviation,
 *   which is π / √6 times it.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 22.
 *
 * @example
 * ```ts
 * gumbel(0, 2).logProb(tf.scalar(0)).dataSync()[0]; // -1 - Math.log(2)
 * gumbel(0, 2).mean?.().dataSync()[0]; // 1.154431
 * ```
 */
export const gumbel = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const standard = { name: 'standard' };
  const standardised = (value: Tensor): Tensor => tf.div(tf.sub(value, m), s);
  return distribution({
    family: gumbelFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('gumbel', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      draw: ([g = tf.scalar(0)]) => ({
        value: tf.add(m, tf.mul(s, g)),
        preimage: { map: standard, x: g, eventRank: 0 },
      }),
    },
    logProb: (value, preimage) => {
      const y = imageUnder(standard, preimage) ?? standardised(value);
      return tf.neg(tf.add(tf.add(y, tf.exp(tf.neg(y))), tf.log(s)));
    },
    mean: () => tf.add(m, tf.mul(s, EULER_GAMMA)),
    variance: () => tf.mul(tf.square(s), Math.PI ** 2 / 6),
    entropy: () => tf.add(tf.log(s), 1 + EULER_GAMMA),
    cdf: (value) => tf.exp(tf.neg(tf.exp(tf.neg(standardised(value))))),
    logCdf: (value) => tf.neg(tf.exp(tf.neg(standardised(value)))),
    logSurvival: (value) => logOneMinusExp(tf.exp(tf.neg(standardised(value)))),
    inverseLogCdf: (log) => tf.sub(m, tf.mul(s, tf.log(tf.neg(log)))),
    inverseLogSurvival: (log) => tf.add(m, tf.mul(s, upperQuantile(log))),
    icdf: (u) => tf.sub(m, tf.mul(s, tf.log(tf.neg(tf.log(u))))),
    klTo: (p) => (isOf(p, gumbelFamily) ? klGumbel({ loc: m, scale: s }, p.parameters) : undefined),
  });
};

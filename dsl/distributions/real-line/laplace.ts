import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from '../../divergences/gaussian.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { imageUnder } from '../../law/preimage.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Real, positive, real } from '../../supports/index.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const laplaceFamily: Family<LocationScale> = {
  name: 'Laplace',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => laplace(loc, scale),
};

/**
 * log(b′ / b) + |μ − μ′| / b′ + (b / b′) exp(−|μ − μ′| / b) − 1, with primes for p, in which what cancels
 * for laws alike is written as r − log r − 1 of the ratio of scales and eˣ − 1.
 */
const klLaplace = (q: LocationScale, p: LocationScale): Tensor => {
  const gap = tf.abs(tf.sub(q.loc, p.loc));
  const ratio = tf.div(q.scale, p.scale);
  const apart = tf.add(tf.div(gap, p.scale), tf.mul(ratio, tf.expm1(tf.neg(tf.div(gap, q.scale)))));
  return tf.add(apart, tf.sub(tf.sub(ratio, 1), tf.log(ratio)));
};

/** log of the share of a standard law below y. */
const logShare = (y: Tensor): Tensor => {
  const isRight = greater(y, tf.scalar(0));
  const rest = tf.mul(tf.exp(tf.neg(choose(isRight, y, tf.scalar(0)))), 0.5);
  return choose(isRight, tf.log1p(tf.neg(rest)), tf.sub(y, Math.LN2));
};

/** The y with such a logarithm. */
const quantileOfLog = (log: Tensor): Tensor => {
  const isRight = greater(log, tf.scalar(-Math.LN2));
  const rest = logOneMinusExp(tf.neg(choose(isRight, log, tf.scalar(-Math.LN2))));
  return choose(isRight, tf.neg(tf.add(rest, Math.LN2)), tf.add(log, Math.LN2));
};

/**
 * The Laplace distribution, or double exponential, with mean `loc` and mean absolute deviation `scale`.
 *
 * log p(z) = −|z − loc| / scale − log 2 scale, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc ± scale e^−g with g standard Gumbel and the sign of its own, so that both
 *   tails keep their relative accuracy. The density has no derivative at z = loc, where 0 is taken.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. It is not the standard deviation, which
 *   is √2 times it.
 * - Source: Kotz, Kozubowski and Podgórski, The Laplace Distribution and Generalizations, chapter 2.
 *
 * @example
 * ```ts
 * laplace(0, 2).logProb(tf.scalar(1)).dataSync()[0]; // -0.5 - Math.log(4)
 * laplace(0, 2).cdf?.(tf.scalar(-2)).dataSync()[0]; // 0.5 * Math.exp(-1)
 * ```
 */
export const laplace = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const standard = { name: 'standard' };
  return distribution({
    family: laplaceFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('laplace', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel'), baseNoise('uniform')],
      draw: ([g = tf.scalar(0), u = tf.scalar(0)]) => {
        const far = tf.exp(tf.neg(g));
        const x = choose(less(u, tf.scalar(0.5)), tf.neg(far), far);
        return {
          value: tf.add(m, tf.mul(s, x)),
          preimage: { map: standard, x, eventRank: 0 },
        };
      },
    },
    logProb: (value, preimage) => {
      const x = imageUnder(standard, preimage) ?? tf.div(tf.sub(value, m), s);
      return tf.sub(tf.neg(tf.abs(x)), tf.add(tf.log(s), Math.LN2));
    },
    mean: () => m,
    variance: () => tf.mul(tf.square(s), 2),
    entropy: () => tf.add(tf.log(s), 1 + Math.LN2),
    cdf: (value) => {
      const y = tf.div(tf.sub(value, m), s);
      const isRight = greater(y, tf.scalar(0));
      const tail = tf.mul(tf.exp(choose(isRight, tf.neg(y), y)), 0.5);
      return choose(isRight, tf.sub(1, tail), tail);
    },
    logCdf: (value) => logShare(tf.div(tf.sub(value, m), s)),
    logSurvival: (value) => logShare(tf.div(tf.sub(m, value), s)),
    inverseLogCdf: (log) => tf.add(m, tf.mul(s, quantileOfLog(log))),
    inverseLogSurvival: (log) => tf.sub(m, tf.mul(s, quantileOfLog(log))),
    icdf: (u) => {
      const isRight = greater(u, tf.scalar(0.5));
      const size = tf.log(tf.mul(choose(isRight, tf.sub(1, u), u), 2));
      return tf.add(m, tf.mul(s, choose(isRight, tf.neg(size), size)));
    },
    klTo: (p) =>
      isOf(p, laplaceFamily) ? klLaplace({ loc: m, scale: s }, p.parameters) : undefined,
  });
};

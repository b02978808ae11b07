import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from '../../divergences/gaussian.js';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { logOneMinusExp, logSigmoid, logit, softplus } from '../../numerics/special.js';
import { type Real, positive, real } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const logisticFamily: Family<LocationScale> = {
  name: 'Logistic',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => logistic(loc, scale),
};

/** The y with log sigmoid(y) = `log`. */
const quantileOfLog = (log: Tensor): Tensor => tf.sub(log, logOneMinusExp(tf.neg(log)));

/**
 * The logistic distribution with mean `loc`, whose distribution function is a sigmoid.
 *
 * log p(z) = −y − 2 softplus(−y) − log scale with y = (z − loc) / scale, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale (g₁ − g₂) with two standard Gumbel numbers, which reach both tails.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. `scale` is not the standard deviation,
 *   which is π / √3 times it.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 23.
 *
 * @example
 * ```ts
 * logistic(1, 2).logProb(tf.scalar(1)).dataSync()[0]; // -Math.log(8)
 * logistic(1, 2).cdf?.(tf.scalar(3)).dataSync()[0]; // 0.7310586
 * ```
 */
export const logistic = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const standardised = (value: Tensor): Tensor => tf.div(tf.sub(value, m), s);
  return distribution({
    family: logisticFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('logistic', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel'), baseNoise('gumbel')],
      draw: ([up = tf.scalar(0), down = tf.scalar(0)]) => ({
        value: tf.add(m, tf.mul(s, tf.sub(up, down))),
      }),
    },
    logProb: (value) => {
      const y = standardised(value);
      return tf.neg(tf.add(tf.add(softplus(y), softplus(tf.neg(y))), tf.log(s)));
    },
    mean: () => m,
    variance: () => tf.mul(tf.square(s), Math.PI ** 2 / 3),
    entropy: () => tf.add(tf.log(s), 2),
    cdf: (value) => tf.sigmoid(standardised(value)),
    logCdf: (value) => logSigmoid(standardised(value)),
    logSurvival: (value) => logSigmoid(tf.neg(standardised(value))),
    inverseLogCdf: (log) => tf.add(m, tf.mul(s, quantileOfLog(log))),
    inverseLogSurvival: (log) => tf.sub(m, tf.mul(s, quantileOfLog(log))),
    icdf: (u) => tf.add(m, tf.mul(s, logit(u))),
  });
};

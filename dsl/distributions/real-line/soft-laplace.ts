import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { LocationScale } from '../../divergences/gaussian.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { softplus, tanOfQuarter } from '../../numerics/special.js';
import { type Real, positive, real } from '../../supports/index.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const softLaplaceFamily: Family<LocationScale> = {
  name: 'SoftLaplace',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => softLaplace(loc, scale),
};

const LOG_TWO_OVER_PI = Math.log(2 / Math.PI);

/** Below this arctan eʸ is eʸ to float32. */
const FAR = -12;

/** log of (2 / π) arctan eʸ, to the right by what lies beyond. */
const logShare = (y: Tensor): Tensor => {
  const isFar = less(y, tf.scalar(FAR));
  const isRight = greater(y, tf.scalar(0));
  const angle = tf.atan(tf.exp(choose(isFar, tf.scalar(0), choose(isRight, tf.neg(y), y))));
  const left = tf.add(choose(isFar, y, tf.log(angle)), LOG_TWO_OVER_PI);
  return choose(isRight, tf.log1p(tf.mul(angle, -2 / Math.PI)), left);
};

/**
 * The soft Laplace distribution, or hyperbolic secant law: the exponential tails of a Laplace law with the smooth middle of
 * a normal one.
 *
 * log p(z) = log(2 / π) − log scale − log(eʸ + e^−y) with y = (z − loc) / scale, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale (log |ε₁| − log |ε₂|) with two normal numbers.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. It is not the standard deviation, which is π / 2 times
 *   it.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, section 23.11.
 *
 * @example
 * ```ts
 * softLaplace(0, 2).logProb(tf.scalar(0)).dataSync()[0]; // -Math.log(2 * Math.PI)
 * softLaplace(0, 2).cdf?.(tf.scalar(0)).dataSync()[0]; // 0.5
 * ```
 */
export const softLaplace = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const [m, s] = [asTensor(loc), asTensor(scale)];
  const standardised = (value: Tensor): Tensor => tf.div(tf.sub(value, m), s);
  return distribution({
    family: softLaplaceFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('softLaplace', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal'), baseNoise('normal')],
      draw: ([over = tf.scalar(1), under = tf.scalar(1)]) => ({
        value: tf.add(m, tf.mul(s, tf.sub(tf.log(tf.abs(over)), tf.log(tf.abs(under))))),
      }),
    },
    logProb: (value) => {
      const y = standardised(value);
      // log(eʸ + e^−y), by halves that are infinite with one sign.
      const sum = tf.mul(tf.add(softplus(tf.mul(y, 2)), softplus(tf.mul(y, -2))), 0.5);
      return tf.sub(LOG_TWO_OVER_PI, tf.add(tf.log(s), sum));
    },
    mean: () => m,
    variance: () => tf.mul(tf.square(s), Math.PI ** 2 / 4),
    entropy: () => tf.add(tf.log(s), Math.log(2 * Math.PI)),
    cdf: (value) => tf.exp(logShare(standardised(value))),
    logCdf: (value) => logShare(standardised(value)),
    logSurvival: (value) => logShare(tf.neg(standardised(value))),
    icdf: (u) => tf.add(m, tf.mul(s, tf.log(tanOfQuarter(u, tf.sub(1, u))))),
  });
};

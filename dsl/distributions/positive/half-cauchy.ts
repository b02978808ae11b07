import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klHalfCauchy } from '../../divergences/half-cauchy.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { log1pSquare, tanOfQuarter } from '../../numerics/special.js';
import { type Positive, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';

export const halfCauchyFamily: Family<{ readonly scale: Tensor }> = {
  name: 'HalfCauchy',
  axes: { scale: 0 },
  of: ({ scale }) => halfCauchy(scale),
};

/**
 * The half-Cauchy distribution with median `scale`, a prior for scales with a heavy tail.
 *
 * log p(z) = log(2 / π) − log scale − log(1 + (z / scale)²), in nats, for z ≥ 0 and −∞ below.
 *
 * - Shapes: batch is that of `scale`; an event is one positive number.
 * - Gradient: pathwise, z = scale |ε₁ / ε₂| with two normal numbers: the tangent of a uniform angle,
 *   which keeps its relative accuracy in both tails.
 * - Edges: a tensor of 0 or below gives NaN or infinities. It has no mean and no variance.
 * - Source: Gelman, Prior distributions for variance parameters in hierarchical models,
 *   doi:10.1214/06-BA117A.
 *
 * @example
 * ```ts
 * halfCauchy(5).logProb(tf.scalar(5)).dataSync()[0]; // -Math.log(5 * Math.PI)
 * ```
 */
export const halfCauchy = (scale: TensorLike): Distribution<Positive, 'pathwise'> => {
  const s = asTensor(scale);
  return distribution({
    family: halfCauchyFamily,
    parameters: { scale: s },
    arguments: argumentsOf('halfCauchy', { scale: [scale, s, positive] }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal'), baseNoise('normal')],
      draw: ([over = tf.scalar(1), under = tf.scalar(1)]) => ({
        value: tf.mul(s, tf.abs(tf.div(over, under))),
      }),
    },
    logProb: (value) => {
      const tail = log1pSquare(tf.div(value, s));
      return onHalfLine(value, tf.sub(Math.log(2 / Math.PI), tf.add(tf.log(s), tail)));
    },
    entropy: () => tf.add(tf.log(s), Math.log(2 * Math.PI)),
    cdf: (value) => shareOfHalfLine(value, tf.mul(tf.atan(tf.div(value, s)), 2 / Math.PI)),
    ...logTailsOfHalfLine(
      (value) => tf.log(tf.mul(tf.atan2(value, s), 2 / Math.PI)),
      (value) => tf.log(tf.mul(tf.atan2(s, value), 2 / Math.PI)),
    ),
    icdf: (u) => tf.mul(s, tanOfQuarter(u, tf.sub(1, u))),
    klTo: (p) => (isOf(p, halfCauchyFamily) ? klHalfCauchy(s, p.parameters.scale) : undefined),
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { softplus } from '../../numerics/special.js';
import { type Positive, positive } from '../../supports/index.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';

export const halfLogisticFamily: Family<{ readonly scale: Tensor }> = {
  name: 'HalfLogistic',
  axes: { scale: 0 },
  of: ({ scale }) => halfLogistic(scale),
};

const VARIANCE = Math.PI ** 2 / 3 - 4 * Math.LN2 ** 2;

/**
 * The half-logistic distribution: the size of a logistic number about 0, a prior for scales whose tail is exponential.
 *
 * log p(z) = log 2 − log scale − y − 2 log(1 + e^−y) with y = z / scale, in nats, for z ≥ 0 and −∞ below.
 *
 * - Shapes: batch is that of `scale`; an event is one positive number.
 * - Gradient: pathwise, z = scale log(1 + 2 (1 − u) / u) with u uniform, which keeps the digits of large draws.
 * - Edges: a tensor of 0 or below gives NaN or infinities.
 * - Source: Balakrishnan, Order Statistics from the Half Logistic Distribution, 1985, doi:10.1080/00949658508810708.
 *
 * @example
 * ```ts
 * halfLogistic(2).logProb(tf.scalar(0)).dataSync()[0]; // -Math.log(4)
 * halfLogistic(2).cdf?.(tf.scalar(2)).dataSync()[0]; // Math.tanh(0.5)
 * ```
 */
export const halfLogistic = (scale: TensorLike): Distribution<Positive, 'pathwise'> => {
  const s = asTensor(scale);
  /** z of the share above it: log((1 + u) / (1 − u)) by both. */
  const at = (below: Tensor, above: Tensor): Tensor =>
    tf.mul(s, tf.log1p(tf.div(tf.mul(below, 2), above)));
  return distribution({
    family: halfLogisticFamily,
    parameters: { scale: s },
    arguments: argumentsOf('halfLogistic', { scale: [scale, s, positive] }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => ({ value: at(tf.sub(1, u), u) }),
    },
    logProb: (value) => {
      const y = tf.div(value, s);
      const tail = tf.add(y, tf.mul(softplus(tf.neg(y)), 2));
      return onHalfLine(value, tf.sub(Math.LN2, tf.add(tf.log(s), tail)));
    },
    mean: () => tf.mul(s, 2 * Math.LN2),
    variance: () => tf.mul(tf.square(s), VARIANCE),
    entropy: () => tf.add(tf.log(s), 2 - Math.LN2),
    cdf: (value) => shareOfHalfLine(value, tf.tanh(tf.div(value, tf.mul(s, 2)))),
    ...logTailsOfHalfLine(
      (value) => tf.log(tf.tanh(tf.div(value, tf.mul(s, 2)))),
      (value) => tf.sub(Math.LN2, softplus(tf.div(value, s))),
    ),
    icdf: (u) => at(u, tf.sub(1, u)),
  });
};

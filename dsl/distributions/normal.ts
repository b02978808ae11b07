import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../checks/argument.js';
import { type Distribution, checkValue } from '../distribution.js';
import { baseNoise } from '../noise.js';
import { broadcastAll } from '../tensors/shape.js';
import { HALF_LOG_TWO_PI } from '../numerics/special.js';
import { type Real, real, positive } from '../support.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../tensors/tensor.js';

/**
 * The normal distribution with mean `loc` and standard deviation `scale`.
 *
 * log p(z) = −½ ((z − loc) / scale)² − log scale − ½ log 2π, in nats.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale ε with ε standard normal.
 * - Edges: a scale of 0 or below gives NaN or infinities; keep it positive with `softplus`, `exp`
 *   or `param(…, { support: positive })`.
 * - Errors: a number or array outside its domain is a `RangeError`, here and for every family; a tensor
 *   is judged where a program is run, but not in a training step.
 * - Source: Kingma and Welling, Auto-Encoding Variational Bayes, section 2.4, arXiv:1312.6114.
 *
 * @example
 * ```ts
 * normal(0, 1).logProb(tf.scalar(0)).dataSync()[0]; // -0.9189385
 * ```
 */
export const normal = (loc: TensorLike, scale: TensorLike): Distribution<Real, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const batchShape = broadcastAll('normal(loc, scale)', [m.shape, s.shape]);
  const density = (standardised: Tensor): Tensor =>
    tf.sub(tf.mul(tf.square(standardised), -0.5), tf.add(tf.log(s), HALF_LOG_TWO_PI));
  const self: Distribution<Real, 'pathwise'> = {
    family: { tag: 'Normal', loc: m, scale: s },
    arguments: argumentsOf('normal', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: real,
    batchShape,
    eventShape: [],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal')],
      push: ([e = tf.scalar(0)]) => tf.add(m, tf.mul(s, e)),
      logProbOfDraw: ([e = tf.scalar(0)]) => density(e),
    },
    logProb: (value) => {
      checkValue(self, value);
      return density(tf.div(tf.sub(value, m), s));
    },
    mean: () => expandTo(m, batchShape),
    variance: () => expandTo(tf.square(s), batchShape),
    entropy: () => expandTo(tf.add(tf.log(s), 0.5 + HALF_LOG_TWO_PI), batchShape),
  };
  return self;
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../checks/argument.js';
import { type Distribution, checkValue } from '../distribution.js';
import { baseNoise } from '../noise.js';
import { type Positive, positive } from '../support.js';
import { type TensorLike, asTensor } from '../tensors/tensor.js';
import { onHalfLine } from './half-line.js';

/**
 * The exponential distribution with mean 1 / `rate`.
 *
 * log p(z) = log rate − rate z, in nats, for z ≥ 0 and −∞ below.
 *
 * - Shapes: batch is that of `rate`; an event is one positive number.
 * - Gradient: pathwise, z = e^−g / rate with g standard Gumbel, so that −log u keeps its relative
 *   accuracy for large and for small draws.
 * - Edges: a tensor of 0 or below gives NaN or infinities.
 *
 * @example
 * ```ts
 * exponential(2).logProb(tf.scalar(1)).dataSync()[0]; // Math.log(2) - 2
 * ```
 */
export const exponential = (rate: TensorLike): Distribution<Positive, 'pathwise'> => {
  const r = asTensor(rate);
  const self: Distribution<Positive, 'pathwise'> = {
    family: { tag: 'Exponential', rate: r },
    arguments: argumentsOf('exponential', { rate: [rate, r, positive] }),
    support: positive,
    batchShape: r.shape,
    eventShape: [],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      push: ([g = tf.scalar(0)]) => tf.div(tf.exp(tf.neg(g)), r),
    },
    logProb: (value) => {
      checkValue(self, value);
      return onHalfLine(value, tf.sub(tf.log(r), tf.mul(r, value)));
    },
    mean: () => tf.reciprocal(r),
    variance: () => tf.square(tf.reciprocal(r)),
    entropy: () => tf.sub(1, tf.log(r)),
  };
  return self;
};

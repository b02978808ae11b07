import * as tf from '@tensorflow/tfjs';
import { choose, equal } from '../tensors/comparison.js';
import { type Distribution, checkValue } from '../distribution.js';
import { withGradient } from '../tensors/gradient.js';
import { baseNoise } from '../noise.js';
import { type OneHot, oneHot } from '../support.js';
import type { Tensor } from '../tensors/tensor.js';
import { type CategoricalParameters, classEntropy, classLogits } from './class-logits.js';

/**
 * The categorical distribution over K classes as vectors with a single 1 among zeros.
 *
 * log p(z) = Σ_k z_k log p_k, in nats.
 *
 * - Shapes: the parameter is `[..., K]`, batch is what is left of K; an event is a vector of K
 *   numbers.
 * - Gradient: `enumerable`: none through the draw, argmax of logits + Gumbel noise; all K values
 *   can be summed over. A draw can be relaxed, as the index of `categorical` cannot.
 * - Edges: log p is −∞ where a class with probability 0 has any weight. The formula is not cut off
 *   outside the one-hot vectors: another vector of the simplex gets the cross entropy.
 *
 * @example
 * ```ts
 * oneHotCategorical({ probs: [1, 3] }).logProb(tf.tensor1d([0, 1])).dataSync()[0]; // -0.2876821
 * ```
 */
export const oneHotCategorical = (
  parameters: CategoricalParameters,
): Distribution<OneHot, 'enumerable'> => {
  const {
    logits,
    classes,
    arguments: given,
    probs: stated,
  } = classLogits('oneHotCategorical', parameters);
  const probs = (): Tensor => stated ?? tf.exp(logits);
  const self: Distribution<OneHot, 'enumerable'> = {
    family: { tag: 'OneHotCategorical', logits, ...(stated && { probs: stated }) },
    arguments: given,
    support: oneHot,
    batchShape: logits.shape.slice(0, -1),
    eventShape: [classes],
    sampler: {
      gradient: 'enumerable',
      noise: [baseNoise('gumbel', [classes])],
      push: ([g = tf.zeros([classes])]) =>
        withGradient(
          tf.add(logits, g),
          (v) =>
            tf.cast(
              tf.equal(tf.expandDims(tf.argMax(v, -1), -1), tf.range(0, classes, 1, 'int32')),
              'float32',
            ),
          (_, v) => tf.zerosLike(v),
        ),
      enumeration: {
        count: classes,
        values: () => tf.eye(classes),
        ...(stated && {
          // Shares that are no single class have a cross entropy, and no chance that is linear.
          chance: (value) =>
            choose(
              equal(tf.max(value, -1), tf.scalar(1)),
              tf.sum(tf.mul(value, stated), -1),
              tf.exp(self.logProb(value)),
            ),
        }),
      },
    },
    logProb: (value) => {
      checkValue(self, value);
      // Zero times −∞ is NaN; a finite logarithm stays, for it is the slope by the value.
      const none = tf.mul(equal(value, tf.scalar(0)), equal(logits, tf.scalar(-Infinity)));
      const finite = choose(none, tf.zerosLike(logits), logits);
      return tf.sum(tf.mul(value, finite), -1);
    },
    mean: probs,
    variance: () => tf.mul(probs(), tf.sub(1, probs())),
    entropy: () => classEntropy(logits),
  };
  return self;
};

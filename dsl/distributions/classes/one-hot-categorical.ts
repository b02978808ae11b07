import * as tf from '@tensorflow/tfjs';
import { choose, equal } from '../../tensors/comparison.js';
import { closedSimplex } from '../../checks/domain.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Odds, klOfClasses } from '../../divergences/discrete.js';
import { distribution } from '../../law/leaf.js';
import { withoutGradient } from '../../tensors/gradient.js';
import { baseNoise } from '../../tensors/noise.js';
import { type OneHot, oneHot } from '../../supports/index.js';
import type { Tensor } from '../../tensors/tensor.js';
import {
  type CategoricalParameters,
  classEntropy,
  classLogits,
  classesWeighed,
} from './class-logits.js';

export const oneHotCategoricalFamily: Family<Odds> = {
  name: 'OneHotCategorical',
  axes: { logits: 1, probs: 1 },
  of: ({ logits, probs }) => oneHotCategorical(probs ? { probs } : { logits }),
};

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
  const classLaw = { logits, ...(stated && { probs: stated }) };
  const probs = (): Tensor => stated ?? tf.exp(logits);
  const logProb = (value: Tensor): Tensor => {
    // Zero times −∞ is NaN; a finite logarithm stays, for it is the slope by the value.
    const none = tf.mul(equal(value, tf.scalar(0)), equal(logits, tf.scalar(-Infinity)));
    const finite = choose(none, tf.zerosLike(logits), logits);
    return tf.sum(tf.mul(value, finite), -1);
  };
  return distribution({
    family: oneHotCategoricalFamily,
    parameters: classLaw,
    arguments: given,
    support: oneHot,
    values: closedSimplex,
    eventShape: [classes],
    sampler: {
      gradient: 'enumerable',
      noise: [baseNoise('gumbel', [classes])],
      draw: ([g = tf.zeros([classes])]) => ({
        value: withoutGradient([tf.add(logits, g)], ([v = g]) =>
          tf.cast(
            tf.equal(tf.expandDims(tf.argMax(v, -1), -1), tf.range(0, classes, 1, 'int32')),
            'float32',
          ),
        ),
      }),
      enumeration: {
        count: classes,
        values: () => tf.eye(classes),
        ...(stated && {
          // Shares that are no single class have a cross entropy, and no chance that is linear.
          chance: (value) =>
            choose(
              equal(tf.max(value, -1), tf.scalar(1)),
              tf.sum(tf.mul(value, stated), -1),
              tf.exp(logProb(value)),
            ),
        }),
      },
      relaxation: {
        mean: probs,
        draw: ([g = tf.zeros([classes])], temperature) =>
          tf.softmax(tf.div(tf.add(logits, g), temperature)),
      },
      weakDerivative: { cellRank: 1, values: () => classesWeighed(probs(), (vector) => vector) },
    },
    logProb: (value) => logProb(value),
    mean: probs,
    variance: () => tf.mul(probs(), tf.sub(1, probs())),
    entropy: () => classEntropy(logits),
    klTo: (p) =>
      isOf(p, oneHotCategoricalFamily) ? klOfClasses(classLaw, p.parameters) : undefined,
  });
};

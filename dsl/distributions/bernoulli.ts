import * as tf from '@tensorflow/tfjs';
import { less } from '../comparison.js';
import { type Distribution, checkValue } from '../distribution.js';
import { noise } from '../noise.js';
import { logit, softplus } from '../special.js';
import { type Integers, boolean } from '../support.js';
import { type TensorLike, asTensor } from '../tensor.js';

/** The chance of a one, as log odds or as a probability. */
export type BernoulliParameters = { readonly logits: TensorLike } | { readonly probs: TensorLike };

/**
 * The Bernoulli distribution over 0 and 1.
 *
 * log p(z) = z · logits − softplus(logits), in nats.
 *
 * - Shapes: batch is that of the parameter; an event is one number, 0 or 1.
 * - Gradient: `enumerable`: none through the draw 1[u < p]; both values can be summed over.
 * - Edges: probabilities of exactly 0 or 1 have infinite logits; an impossible value then has log
 *   probability −∞, and a certain one NaN, so prefer logits.
 *
 * @example
 * ```ts
 * bernoulli({ probs: 0.6 }).logProb(tf.scalar(1)).dataSync()[0]; // -0.5108256
 * ```
 */
export const bernoulli = (
  parameters: BernoulliParameters,
): Distribution<Integers<0, 1>, 'enumerable'> => {
  const logits =
    'logits' in parameters ? asTensor(parameters.logits) : logit(asTensor(parameters.probs));
  const self: Distribution<Integers<0, 1>, 'enumerable'> = {
    family: { tag: 'Bernoulli', logits },
    support: boolean,
    batchShape: logits.shape,
    eventShape: [],
    sampler: {
      gradient: 'enumerable',
      noise: [noise('uniform')],
      push: ([u = tf.scalar(0)]) => less(u, tf.sigmoid(logits)),
      enumeration: { count: 2, values: () => tf.tensor1d([0, 1]) },
    },
    logProb: (value) => {
      checkValue(self, value);
      return tf.sub(tf.mul(value, logits), softplus(logits));
    },
    mean: () => tf.sigmoid(logits),
    variance: () => tf.mul(tf.sigmoid(logits), tf.sigmoid(tf.neg(logits))),
    entropy: () => tf.sub(softplus(logits), tf.mul(tf.sigmoid(logits), logits)),
  };
  return self;
};

import * as tf from '@tensorflow/tfjs';
import { choose, equal, greater } from '../comparison.js';
import { type Distribution, checkValue } from '../distribution.js';
import { withGradient } from '../gradient.js';
import { noise } from '../noise.js';
import { logOrImpossible, logSumExpLast } from '../special.js';
import { type Integers, integers } from '../support.js';
import { type Tensor, type TensorLike, asTensor } from '../tensor.js';

/** The chances of K classes along the last axis; neither form needs to be normalised. */
export type CategoricalParameters =
  { readonly logits: TensorLike } | { readonly probs: TensorLike };

/** log p of each class, normalised: `[..., K]`. */
const normalised = (parameters: CategoricalParameters): Tensor => {
  if ('logits' in parameters) {
    const raw = asTensor(parameters.logits);
    return raw.rank === 0 ? raw : tf.sub(raw, tf.expandDims(logSumExpLast(raw), -1));
  }
  const weights = asTensor(parameters.probs);
  return weights.rank === 0
    ? weights
    : tf.sub(logOrImpossible(weights), tf.log(tf.sum(weights, -1, true)));
};

/**
 * The categorical distribution over the classes 0 to K − 1.
 *
 * log p(z) = logits_z − log Σ exp logits, in nats.
 *
 * - Shapes: the parameter is `[..., K]`, batch is what is left of K; an event is one number.
 * - Gradient: `enumerable`: none through the draw, argmax of logits + Gumbel noise; all K values
 *   can be summed over.
 * - Edges: log p is −∞ for a class with probability 0, and for anything but 0, 1, …, K − 1.
 *
 * @example
 * ```ts
 * categorical({ probs: [1, 3] }).logProb(tf.scalar(1)).dataSync()[0]; // -0.2876821
 * ```
 */
export const categorical = (
  parameters: CategoricalParameters,
): Distribution<Integers<0, number>, 'enumerable'> => {
  const logits = normalised(parameters);
  const classes = logits.shape[logits.rank - 1];
  if (classes === undefined) {
    throw new RangeError(
      'categorical: expected one number a class along the last axis, but got a single number; ' +
        'give a vector of logits or probs.',
    );
  }
  const probs = (): Tensor => tf.exp(logits);
  const labels = (): Tensor => tf.range(0, classes);
  const self: Distribution<Integers<0, number>, 'enumerable'> = {
    family: { tag: 'Categorical', logits },
    support: integers(0, classes - 1),
    batchShape: logits.shape.slice(0, -1),
    eventShape: [],
    sampler: {
      gradient: 'enumerable',
      noise: [noise('gumbel', [classes])],
      push: ([g = tf.zeros([classes])]) =>
        withGradient(
          tf.add(logits, g),
          (v) => tf.cast(tf.argMax(v, -1), 'float32'),
          (_, v) => tf.zerosLike(v),
        ),
      enumeration: { count: classes, values: labels },
    },
    logProb: (value) => {
      checkValue(self, value);
      const chosen = equal(tf.expandDims(value, -1), labels());
      // Zero times −∞ is NaN, so classes that were not chosen are replaced before the sum.
      const finite = choose(chosen, logits, tf.zerosLike(logits));
      const outside = tf.log(tf.sum(chosen, -1));
      return tf.add(tf.sum(finite, -1), outside);
    },
    mean: () => tf.sum(tf.mul(probs(), labels()), -1),
    variance: () => {
      const m = tf.sum(tf.mul(probs(), labels()), -1, true);
      return tf.sum(tf.mul(probs(), tf.square(tf.sub(labels(), m))), -1);
    },
    entropy: () => {
      const p = probs();
      // p log p tends to 0 with p, where the product of 0 and −∞ would be NaN.
      const safe = choose(greater(p, tf.zerosLike(p)), logits, tf.zerosLike(p));
      return tf.neg(tf.sum(tf.mul(p, safe), -1));
    },
  };
  return self;
};

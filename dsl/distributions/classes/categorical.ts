import * as tf from '@tensorflow/tfjs';
import { choose, equal } from '../../tensors/comparison.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Odds, klOfClasses } from '../../divergences/discrete.js';
import { distribution } from '../../law/leaf.js';
import { withoutGradient } from '../../tensors/gradient.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Integers, integers } from '../../supports/index.js';
import type { Tensor } from '../../tensors/tensor.js';
import {
  type CategoricalParameters,
  classEntropy,
  classLogits,
  classesWeighed,
} from './class-logits.js';

export const categoricalFamily: Family<Odds> = {
  name: 'Categorical',
  axes: { logits: 1, probs: 1 },
  of: ({ logits, probs }) => categorical(probs ? { probs } : { logits }),
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
  const {
    logits,
    classes,
    arguments: given,
    probs: stated,
  } = classLogits('categorical', parameters);
  const classLaw = { logits, ...(stated && { probs: stated }) };
  const probs = (): Tensor => stated ?? tf.exp(logits);
  const labels = (): Tensor => tf.range(0, classes);
  return distribution({
    family: categoricalFamily,
    parameters: classLaw,
    arguments: given,
    support: integers(0, classes - 1),
    sampler: {
      gradient: 'enumerable',
      noise: [baseNoise('gumbel', [classes])],
      draw: ([g = tf.zeros([classes])]) => ({
        value: withoutGradient([tf.add(logits, g)], ([v = g]) =>
          tf.cast(tf.argMax(v, -1), 'float32'),
        ),
      }),
      enumeration: {
        count: classes,
        values: labels,
        ...(stated && {
          chance: (value) => tf.sum(tf.mul(equal(tf.expandDims(value, -1), labels()), stated), -1),
        }),
      },
      weakDerivative: {
        cellRank: 0,
        values: () => classesWeighed(probs(), (_, k) => tf.scalar(k)),
      },
    },
    logProb: (value) => {
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
    entropy: () => classEntropy(logits),
    klTo: (p) => (isOf(p, categoricalFamily) ? klOfClasses(classLaw, p.parameters) : undefined),
  });
};

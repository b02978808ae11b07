import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import type { Odds } from '../../divergences/discrete.js';
import { logSumExpLast } from '../../numerics/special.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Simplex, positive, simplex } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type CategoricalParameters, classLogits } from '../classes/class-logits.js';
import { awayFromZero } from '../positive/half-line.js';
import { LOG_SHARES, onShares } from './dirichlet.js';

type RelaxedParameters = Odds & { readonly temperature: Tensor };

export const relaxedOneHotCategoricalFamily: Family<RelaxedParameters> = {
  name: 'RelaxedOneHotCategorical',
  axes: { temperature: 0, logits: 1, probs: 1 },
  of: ({ temperature, logits, probs }) =>
    relaxedOneHotCategorical(temperature, probs ? { probs } : { logits }),
};

/** log (K − 1)!. */
const logFactorialBelow = (classes: number): number =>
  Array.from({ length: classes - 1 }, (_, i) => Math.log(i + 1)).reduce((a, b) => a + b, 0);

/**
 * The relaxed one-hot categorical distribution, the Concrete law over the simplex of K shares: softmax((l + g) / t) for K
 * standard Gumbel numbers g, l the `logits` and t the `temperature`, of which a one-hot categorical law is what is left as
 * t falls to 0.
 *
 * log p(z) = log (K − 1)! + (K − 1) log t + Σ (l_k − (t + 1) log z_k) − K log Σ exp(l_k − t log z_k), in nats, a density in
 * all shares but one, evaluated by logarithms of shares.
 *
 * - Shapes: the chances are `[..., K]`, batch is what is left of K, and `temperature`, broadcast; an event is K shares.
 * - Gradient: pathwise.
 * - Edges: a tensor `temperature` of 0 or below gives NaN or infinities, and so does a chance of 0. A share below 2⁻¹⁰⁰,
 *   drawn or given, is taken for that number, but log q of an own draw is that of its logarithms; log p is −∞ where one is
 *   below 0, and whether they sum to 1 is not checked. Relaxed draws of a one-hot site are the estimators `gumbelSoftmax` and `straightThrough`: this is a law
 *   of its own, whose bound is that of relaxed values. Mean, variance and entropy have no closed form.
 * - Source: Maddison, Mnih and Teh, The Concrete Distribution, 2017, equations 10 and 22, arXiv:1611.00712.
 *
 * @example
 * ```ts
 * relaxedOneHotCategorical(1, { probs: [1, 1, 1] }).logProb(tf.tensor1d([0.2, 0.3, 0.5])).dataSync()[0]; // 0.7001382
 * ```
 */
export const relaxedOneHotCategorical = (
  temperature: TensorLike,
  parameters: CategoricalParameters,
): Distribution<Simplex, 'pathwise'> => {
  const t = asTensor(temperature);
  const each = tf.expandDims(t, -1);
  const {
    logits,
    classes,
    arguments: given,
    probs,
  } = classLogits('relaxedOneHotCategorical', parameters);
  const density = (logs: Tensor): Tensor => {
    const cooled = tf.sub(logits, tf.mul(each, logs));
    const constant = tf.add(tf.mul(tf.log(t), classes - 1), logFactorialBelow(classes));
    const shares = tf.sub(tf.sum(tf.sub(cooled, logs), -1), tf.mul(logSumExpLast(cooled), classes));
    return tf.add(constant, shares);
  };
  return distribution({
    family: relaxedOneHotCategoricalFamily,
    parameters: { temperature: t, logits, ...(probs && { probs }) },
    arguments: [
      ...argumentsOf('relaxedOneHotCategorical', { temperature: [temperature, t, positive] }),
      ...given,
    ],
    support: simplex,
    eventShape: [classes],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel', [classes])],
      draw: ([g = tf.zeros([classes])]) => {
        const heated = tf.div(tf.add(logits, g), each);
        const x = tf.sub(heated, tf.expandDims(logSumExpLast(heated), -1));
        const value = awayFromZero(tf.softmax(heated));
        return { value, preimage: { map: LOG_SHARES, x, eventRank: 1 } };
      },
    },
    logProb: (value, preimage) => {
      const logs = imageUnder(LOG_SHARES, preimage);
      return logs ? density(logs) : onShares(value, density(tf.log(awayFromZero(value))));
    },
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import type { Odds } from '../../divergences/discrete.js';
import { logSigmoid, logit } from '../../numerics/special.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Interval, positive, real, unitInterval } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import type { BernoulliParameters } from '../classes/bernoulli.js';
import { trialChances } from '../counts/trial-chances.js';
import { openChance } from './continuous-bernoulli.js';
import { LOGIT, insideUnit, onUnit, shareOfUnit } from './logit.js';

type RelaxedBernoulliParameters = Odds & { readonly temperature: Tensor };

export const relaxedBernoulliFamily: Family<RelaxedBernoulliParameters> = {
  name: 'RelaxedBernoulli',
  axes: { temperature: 0, logits: 0, probs: 0 },
  of: ({ temperature, logits, probs }) =>
    relaxedBernoulli(temperature, probs ? { probs } : { logits }),
};

/**
 * The relaxed Bernoulli distribution, the binary Concrete law: sigmoid((l + L) / t) for L standard logistic, l the
 * `logits` and t the `temperature`, of which a Bernoulli law is what is left as t falls to 0.
 *
 * log p(z) = log t + log σ(y) + log σ(−y) − log z − log(1 − z) with y = t logit z − l, in nats, −∞ outside.
 *
 * - Shapes: batch is `temperature` and the chance broadcast; an event is one number.
 * - Gradient: pathwise, with two standard Gumbel numbers for L.
 * - Edges: a tensor `temperature` of 0 or below gives NaN or infinities. Draws lie in [2⁻¹⁰⁰, 1 − 2⁻²⁴], without gradient
 *   where they were put there, and values are taken into it; log q of an own draw is that of its logit, which has no such
 *   end. Relaxed draws of a Bernoulli site are the estimators `gumbelSoftmax` and `straightThrough`: this is a law of its
 *   own, whose bound is that of relaxed values. Mean, variance and entropy have no closed form.
 * - Source: Maddison, Mnih and Teh, The Concrete Distribution, 2017, section 3.3 and appendix B, arXiv:1611.00712.
 *
 * @example
 * ```ts
 * relaxedBernoulli(1, { probs: 0.5 }).logProb(tf.scalar(0.3)).dataSync()[0]; // 0
 * relaxedBernoulli(0.5, { logits: 1 }).cdf?.(tf.scalar(0.5)).dataSync()[0]; // 1 / (1 + Math.E)
 * ```
 */
export const relaxedBernoulli = (
  temperature: TensorLike,
  parameters: BernoulliParameters,
): Distribution<Interval<0, 1>, 'pathwise'> => {
  const t = asTensor(temperature);
  const { odds, given } = trialChances('relaxedBernoulli', parameters, {
    probs: openChance,
    logits: real,
  });
  const { logits } = odds;
  const both = (x: Tensor): Tensor => tf.add(logSigmoid(x), logSigmoid(tf.neg(x)));
  const centred = (x: Tensor): Tensor => tf.sub(tf.mul(t, x), logits);
  /** By the logit. */
  const density = (x: Tensor): Tensor => tf.add(tf.log(t), tf.sub(both(centred(x)), both(x)));
  const logitOf = (value: Tensor): Tensor => logit(insideUnit(value));
  return distribution({
    family: relaxedBernoulliFamily,
    parameters: { temperature: t, ...odds },
    arguments: [
      ...argumentsOf('relaxedBernoulli', { temperature: [temperature, t, positive] }),
      ...given,
    ],
    support: unitInterval,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel'), baseNoise('gumbel')],
      draw: ([up = tf.scalar(0), down = tf.scalar(0)]) => {
        const x = tf.div(tf.add(logits, tf.sub(up, down)), t);
        return { value: insideUnit(tf.sigmoid(x)), preimage: { map: LOGIT, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const x = imageUnder(LOGIT, preimage);
      return x ? density(x) : onUnit(value, density(logitOf(value)));
    },
    cdf: (value) => shareOfUnit(value, tf.sigmoid(centred(logitOf(value)))),
    icdf: (u) => tf.sigmoid(tf.div(tf.add(logit(u), logits), t)),
  });
};

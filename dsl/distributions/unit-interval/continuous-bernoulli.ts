import * as tf from '@tensorflow/tfjs';
import type { Domain } from '../../checks/domain.js';
import { INTERVAL_CURE } from '../../checks/domain.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import type { Odds } from '../../divergences/discrete.js';
import {
  langevin,
  langevinSlope,
  logSinhc,
  tiltedQuantile,
  tiltedShare,
} from '../../numerics/tilt.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Interval, real, unitInterval } from '../../supports/index.js';
import type { Tensor } from '../../tensors/tensor.js';
import type { BernoulliParameters } from '../classes/bernoulli.js';
import { trialChances } from '../counts/trial-chances.js';
import { insideUnit, onUnit, shareOfUnit } from './logit.js';

export const continuousBernoulliFamily: Family<Odds> = {
  name: 'ContinuousBernoulli',
  axes: { logits: 0, probs: 0 },
  of: ({ logits, probs }) => continuousBernoulli(probs ? { probs } : { logits }),
};

/** A chance of 0 or 1 would leave one point. */
export const openChance: Domain = {
  words: 'between 0 and 1',
  cure: INTERVAL_CURE,
  rank: 0,
  entry: (x) => x > 0 && x < 1,
};

/**
 * The continuous Bernoulli distribution over the unit interval: the Bernoulli likelihood λᶻ (1 − λ)^(1 − z) of numbers
 * between 0 and 1, such as the pixels of a grey image, with the constant that makes it a density.
 *
 * log p(z) = l (z − ½) − log(sinh(l / 2) / (l / 2)), in nats, −∞ outside, with l the `logits`, log λ − log(1 − λ).
 *
 * - Shapes: batch is that of the parameter; an event is one number.
 * - Gradient: pathwise, z = log(1 + u (eˡ − 1)) / l from the end where it does not cancel; through l = 0 as well.
 * - Edges: `probs` λ is neither the mean nor a chance: the mean is ½ + ½ (coth(l / 2) − 2 / l). Values at the bounds count
 *   as inside.
 * - Source: Loaiza-Ganem and Cunningham, The continuous Bernoulli, 2019, arXiv:1907.06845.
 *
 * @example
 * ```ts
 * continuousBernoulli({ logits: 0 }).logProb(tf.scalar(0.3)).dataSync()[0]; // 0
 * continuousBernoulli({ logits: 2 }).logProb(tf.scalar(1)).dataSync()[0]; // Math.log(2 / (1 - Math.exp(-2)))
 * continuousBernoulli({ logits: 2 }).mean?.().dataSync()[0]; // 0.6565176
 * ```
 */
export const continuousBernoulli = (
  parameters: BernoulliParameters,
): Distribution<Interval<0, 1>, 'pathwise'> => {
  const { odds, given } = trialChances('continuousBernoulli', parameters, {
    probs: openChance,
    logits: real,
  });
  const { logits } = odds;
  const half = tf.mul(logits, 0.5);
  /** How far the mean is from the middle. */
  const lean = (): Tensor => tf.mul(langevin(half), 0.5);
  return distribution({
    family: continuousBernoulliFamily,
    parameters: odds,
    arguments: given,
    support: unitInterval,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => ({ value: insideUnit(tiltedQuantile(u, logits)) }),
    },
    logProb: (value) => onUnit(value, tf.sub(tf.mul(logits, tf.sub(value, 0.5)), logSinhc(half))),
    mean: () => tf.add(lean(), 0.5),
    variance: () => tf.mul(langevinSlope(half), 0.25),
    entropy: () => tf.sub(logSinhc(half), tf.mul(half, langevin(half))),
    cdf: (value) => shareOfUnit(value, tiltedShare(value, logits)),
    icdf: (u) => tiltedQuantile(u, logits),
    klTo: (p) => {
      if (!isOf(p, continuousBernoulliFamily)) return undefined;
      const other = p.parameters.logits;
      const normalisers = tf.sub(logSinhc(tf.mul(other, 0.5)), logSinhc(half));
      return tf.add(tf.mul(tf.sub(logits, other), lean()), normalisers);
    },
  });
};

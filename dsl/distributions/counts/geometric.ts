import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Odds, klBernoulli } from '../../divergences/discrete.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Integers, integers } from '../../supports/index.js';
import { choose, equal } from '../../tensors/comparison.js';
import { withoutGradient } from '../../tensors/gradient.js';
import type { Tensor } from '../../tensors/tensor.js';
import type { BernoulliParameters } from '../classes/bernoulli.js';
import { waitingChance, waitingOdds } from './domains.js';
import { onCounts, soundCount } from './log-mass.js';
import { trialChances } from './trial-chances.js';

export const geometricFamily: Family<Odds> = {
  name: 'Geometric',
  axes: { logits: 0, probs: 0 },
  of: ({ logits, probs }) => geometric(probs ? { probs } : { logits }),
};

/**
 * The geometric distribution: how many trials fail before the first that succeeds, with a chance of `probs` each.
 *
 * log p(k) = k log(1 − p) + log p, in nats, for k = 0, 1, 2, … and −∞ below 0.
 *
 * - Shapes: batch is that of the parameter; an event is one whole number.
 * - Gradient: `score`: none through the draw, ⌊E / −log(1 − p)⌋ with E = e^−g exponential.
 * - Edges: a chance of 1 gives 0 alone. Chances from 2⁻¹⁹ and log odds from −13 up, below which draws are no longer
 *   exact in float32.
 * - Errors: numbers outside are a `RangeError`.
 * - Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 5.
 *
 * @example
 * ```ts
 * geometric({ probs: 0.25 }).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(0.75 ** 2 * 0.25)
 * geometric({ probs: 0.25 }).cdf?.(tf.scalar(1)).dataSync()[0]; // 1 - 0.75 ** 2
 * ```
 */
export const geometric = (
  parameters: BernoulliParameters,
): Distribution<Integers<0, number>, 'score'> => {
  const { odds, given, on, off, logOn, logOff } = trialChances('geometric', parameters, {
    probs: waitingChance,
    logits: waitingOdds,
  });
  /** k log(1 − p), where no failure has log 1 even where none is possible. */
  const failures = (k: Tensor): Tensor => {
    const none = equal(k, tf.scalar(0));
    return choose(none, tf.scalar(0), tf.mul(choose(none, tf.scalar(1), k), logOff()));
  };
  const noise = [baseNoise('gumbel')];
  const draw = ([g = tf.scalar(0)]: readonly Tensor[]) => ({
    value: withoutGradient([g, logOff()], ([e = g, log = g]) =>
      tf.floor(tf.div(tf.exp(tf.neg(e)), tf.neg(log))),
    ),
  });
  const mean = (): Tensor => tf.div(off, on);
  return distribution({
    family: geometricFamily,
    parameters: odds,
    arguments: given,
    support: integers(0, Infinity),
    sampler: {
      gradient: 'score',
      noise,
      draw,
      // What failed once fails as if it had not.
      aboveZero: { noise, draw: (g) => ({ value: tf.add(draw(g).value, 1) }) },
    },
    logProb: (value) => {
      const { sound, outside } = soundCount(value);
      return onCounts(outside, tf.add(failures(sound), logOn()));
    },
    mean,
    variance: () => tf.div(mean(), on),
    cdf: (value) => {
      const { sound, outside } = soundCount(value);
      const share = tf.neg(tf.expm1(tf.mul(tf.add(tf.floor(sound), 1), logOff())));
      return choose(outside, tf.scalar(0), share);
    },
    logSurvival: (value) => {
      const { sound, outside } = soundCount(value);
      return choose(outside, tf.scalar(0), tf.mul(tf.add(tf.floor(sound), 1), logOff()));
    },
    logCdf: (value) => {
      const { sound, outside } = soundCount(value);
      const log = logOneMinusExp(tf.neg(tf.mul(tf.add(tf.floor(sound), 1), logOff())));
      return onCounts(outside, log);
    },
    icdf: (u) =>
      withoutGradient([u, logOff()], ([v = u, log = u]) => {
        // Shares that float32 hardly tells apart are one.
        const waits = tf.mul(tf.div(tf.log1p(tf.neg(v)), log), 1 - 2 ** -21);
        return tf.maximum(tf.sub(tf.ceil(waits), 1), tf.scalar(0));
      }),
    klTo: (p) =>
      isOf(p, geometricFamily) ? tf.div(klBernoulli(odds, p.parameters), on) : undefined,
  });
};

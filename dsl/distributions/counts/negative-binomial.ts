import * as tf from '@tensorflow/tfjs';
import { type Argument, argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import {
  negativeBinomialCount,
  negativeBinomialDraw,
  poissonDraw,
} from '../../numerics/count-quantile.js';
import { betaShare } from '../../numerics/incomplete-beta.js';
import { choose } from '../../tensors/comparison.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Integers, integers, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import type { BernoulliParameters } from '../classes/bernoulli.js';
import { gamma } from '../positive/gamma.js';
import { aboveZero } from './above-zero.js';
import { countMean } from './domains.js';
import { logNegativeBinomial, onCounts, soundCount, soundFinite } from './log-mass.js';
import { trialChances } from './trial-chances.js';

type NegativeBinomialParameters = { readonly mean: Tensor; readonly concentration: Tensor };

export const negativeBinomialFamily: Family<NegativeBinomialParameters> = {
  name: 'NegativeBinomial',
  axes: { mean: 0, concentration: 0 },
  of: ({ mean, concentration }) => negativeBinomial2(mean, concentration),
};

const law = (
  mean: Tensor,
  concentration: Tensor,
  given: readonly Argument[],
): Distribution<Integers<0, number>, 'score'> => {
  const rates = gamma(concentration, tf.div(concentration, mean));
  const logSome = logOneMinusExp(tf.mul(concentration, tf.log1p(tf.div(mean, concentration))));
  /** Of a failure, and of a success. */
  const chances = (): readonly [Tensor, Tensor] => {
    const whole = tf.add(concentration, mean);
    return [tf.div(concentration, whole), tf.div(mean, whole)];
  };
  return distribution({
    family: negativeBinomialFamily,
    parameters: { mean, concentration },
    arguments: given,
    support: integers(0, Infinity),
    sampler: {
      gradient: 'score',
      noise: [baseNoise('normal'), ...rates.sampler.noise],
      draw: ([e = tf.scalar(0), ...blocks]) => ({
        value: poissonDraw(e, rates.sampler.draw(blocks).value),
      }),
      aboveZero: aboveZero(logSome, (e) => negativeBinomialDraw(e, mean, concentration)),
    },
    logProb: (value) => {
      const { sound, outside } = soundFinite(value);
      return onCounts(outside, logNegativeBinomial(sound, mean, concentration));
    },
    mean: () => mean,
    variance: () => tf.add(mean, tf.div(tf.square(mean), concentration)),
    cdf: (value) => {
      const { sound, outside } = soundCount(value);
      const [x, rest] = chances();
      const b = tf.add(tf.floor(sound), 1);
      const share = betaShare('below', { a: concentration, b, x, rest });
      return choose(outside, tf.scalar(0), share);
    },
    icdf: (u) => negativeBinomialCount(u, concentration, ...chances()),
  });
};

/**
 * The negative binomial distribution by its mean and its dispersion: counts that vary more than a Poisson law's, by
 * mean² / concentration.
 *
 * log p(k) = log Γ(k + r) − log Γ(r) − log k! + r log(r / (r + μ)) + k log(μ / (r + μ)), in nats, for
 * k = 0, 1, 2, … and −∞ below 0, with μ for `mean` and r for `concentration`.
 *
 * - Shapes: batch is `mean` and `concentration` broadcast; an event is one whole number.
 * - Gradient: `score`: none through the draw, that of a Poisson law whose rate is a draw of a gamma law.
 * - Edges: means up to 2²²; a count above 2²⁴ is rounded to float32. Tensors of 0 or below give NaN or infinities. Second
 *   derivatives of `cdf` in the concentration are NaN.
 * - Errors: a mean of numbers that are not in (0, 2²²] is a `RangeError`.
 * - Source: Loader, Fast and Accurate Computation of Binomial Probabilities, 2000.
 *
 * @example
 * ```ts
 * negativeBinomial2(3, 1).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(0.25 * 0.75 ** 2)
 * negativeBinomial2(3, 1).cdf?.(tf.scalar(1)).dataSync()[0]; // 1 - 0.75 ** 2
 * ```
 */
export const negativeBinomial2 = (
  mean: TensorLike,
  concentration: TensorLike,
): Distribution<Integers<0, number>, 'score'> => {
  const m = asTensor(mean);
  const r = asTensor(concentration);
  const given = argumentsOf('negativeBinomial2', {
    mean: [mean, m, countMean],
    concentration: [concentration, r, positive],
  });
  return law(m, r, given);
};

/**
 * The negative binomial distribution: how many trials succeed before `totalCount` of them fail, with a chance of
 * `probs` each.
 *
 * log p(k) = log Γ(k + n) − log Γ(n) − log k! + n log(1 − p) + k log p, in nats, for k = 0, 1, 2, … and −∞ below 0,
 * with n for `totalCount`, which need not be whole.
 *
 * - Shapes: batch is `totalCount` and the chance broadcast; an event is one whole number.
 * - Gradient: `score`, as for `negativeBinomial2` with mean n p / (1 − p) and concentration n.
 * - Edges: a chance of 0 or 1 gives NaN or infinities; the mean may be up to 2²².
 * - Errors: a `totalCount` of numbers that are not positive is a `RangeError`.
 * - Source: as for `negativeBinomial2`.
 *
 * @example
 * ```ts
 * negativeBinomial(1, { probs: 0.75 }).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(0.25 * 0.75 ** 2)
 * ```
 */
export const negativeBinomial = (
  totalCount: TensorLike,
  parameters: BernoulliParameters,
): Distribution<Integers<0, number>, 'score'> => {
  const n = asTensor(totalCount);
  const { odds, given, on, off } = trialChances('negativeBinomial', parameters);
  const ratio = odds.probs === undefined ? tf.exp(odds.logits) : tf.div(on, off);
  const mean = tf.mul(n, ratio);
  return law(mean, n, [
    ...argumentsOf('negativeBinomial', {
      totalCount: [totalCount, n, positive],
      mean: [mean, mean, countMean],
    }),
    ...given,
  ]);
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Odds, klBernoulli } from '../../divergences/discrete.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { binomialCount, binomialDraw } from '../../numerics/count-quantile.js';
import { betaShare } from '../../numerics/incomplete-beta.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Integers, integers } from '../../supports/index.js';
import { isIntegers } from '../../supports/integers.js';
import { choose, equal, greater, greaterEqual, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import type { BernoulliParameters } from '../classes/bernoulli.js';
import { type Bound, boundOf } from '../real-line/uniform.js';
import { type CountGradient, listedCounts } from './listed.js';
import { aboveZero } from './above-zero.js';
import { trials } from './domains.js';
import { logBinomial, onCounts, soundCount } from './log-mass.js';
import { trialChances } from './trial-chances.js';

type BinomialParameters = Odds & { readonly totalCount: Tensor };

export const binomialFamily: Family<BinomialParameters> = {
  name: 'Binomial',
  axes: { totalCount: 0, logits: 0, probs: 0 },
  of: ({ totalCount, logits, probs }) => binomial(totalCount, probs ? { probs } : { logits }),
};

/**
 * The binomial distribution: how many of `totalCount` trials succeed, with a chance of `probs` each.
 *
 * log p(k) = log (n over k) + k log p + (n − k) log(1 − p), in nats, for k = 0, …, n and −∞ outside.
 *
 * - Shapes: batch is `totalCount` and the chance broadcast; an event is one whole number.
 * - Gradient: `enumerable` where `totalCount` is a number, as its values can be summed over (up to 4096 of them), else
 *   `score`; none through the draw, which is the quantile of Φ(ε) with ε standard normal, found by a search in double
 *   precision.
 * - Edges: with a probability of exactly 0 or 1 what is impossible has log probability −∞. Counts up to 2²².
 * - Errors: a `totalCount` of numbers that are no whole ones from 0 to 2²² is a `RangeError`.
 * - Source: Loader, Fast and Accurate Computation of Binomial Probabilities, 2000.
 *
 * @example
 * ```ts
 * binomial(3, { probs: 0.5 }).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(3 / 8)
 * binomial(3, { probs: 0.5 }).cdf?.(tf.scalar(1)).dataSync()[0]; // 0.5
 * ```
 */
export const binomial = <const N extends TensorLike>(
  totalCount: N,
  parameters: BernoulliParameters,
): Distribution<Integers<0, Bound<N>>, CountGradient<N>> => {
  const n = asTensor(totalCount);
  const { odds, given, on, off, logOff } = trialChances('binomial', parameters);
  const most = boundOf(totalCount);
  const draw = ([e = tf.scalar(0)]: readonly Tensor[]) => ({
    value: binomialDraw(e, n, odds.logits),
  });
  const some = aboveZero(logOneMinusExp(tf.neg(tf.mul(n, logOff()))), (e) =>
    binomialDraw(e, n, odds.logits),
  );
  return distribution({
    family: binomialFamily,
    parameters: { totalCount: n, ...odds },
    arguments: [...argumentsOf('binomial', { totalCount: [totalCount, n, trials] }), ...given],
    support: integers(0, most),
    sampler: { ...listedCounts(totalCount), noise: [baseNoise('normal')], draw, aboveZero: some },
    logProb: (value) => {
      const { sound, outside } = soundCount(value, n);
      const none = equal(on, tf.scalar(0));
      const all = equal(off, tf.scalar(0));
      const impossible = tf.add(
        tf.mul(none, greater(sound, tf.scalar(0))),
        tf.mul(all, greater(n, sound)),
      );
      const mass = logBinomial(
        { k: sound, rest: tf.sub(n, sound), n },
        tf.mul(n, on),
        tf.mul(n, off),
      );
      return onCounts(tf.add(outside, impossible), mass);
    },
    mean: () => tf.mul(n, on),
    variance: () => tf.mul(tf.mul(n, on), off),
    cdf: (value) => {
      const k = tf.floor(value);
      const [isBelow, isAll] = [less(k, tf.scalar(0)), greaterEqual(k, n)];
      const within = choose(tf.add(isBelow, isAll), tf.scalar(0), k);
      const rest = choose(isAll, tf.scalar(1), tf.sub(n, within));
      const share = betaShare('above', { a: tf.add(within, 1), b: rest, x: on, rest: off });
      return choose(isBelow, tf.scalar(0), choose(isAll, tf.scalar(1), share));
    },
    icdf: (u) => binomialCount(u, n, on, off),
    // Counts that are tensors may differ.
    klTo: (p) =>
      isOf(p, binomialFamily) && isIntegers(p.support) && p.support.high === most
        ? tf.mul(n, klBernoulli(odds, p.parameters))
        : undefined,
  });
};

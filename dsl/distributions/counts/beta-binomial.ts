import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { binomialDraw } from '../../numerics/count-quantile.js';
import { logit } from '../../numerics/special.js';
import { imageUnder } from '../../law/preimage.js';
import { type Integers, integers, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { beta } from '../unit-interval/beta.js';
import { LOGIT } from '../unit-interval/logit.js';
import { type Bound, boundOf } from '../real-line/uniform.js';
import { trials } from './domains.js';
import { type CountGradient, listedCounts } from './listed.js';
import { logNegativeBinomial, onCounts, soundCount } from './log-mass.js';

type BetaBinomialParameters = {
  readonly concentration1: Tensor;
  readonly concentration0: Tensor;
  readonly totalCount: Tensor;
};

export const betaBinomialFamily: Family<BetaBinomialParameters> = {
  name: 'BetaBinomial',
  axes: { concentration1: 0, concentration0: 0, totalCount: 0 },
  of: ({ concentration1, concentration0, totalCount }) =>
    betaBinomial(concentration1, concentration0, totalCount),
};

/**
 * The beta-binomial distribution: how many of `totalCount` trials succeed, with one chance for all of them that is
 * drawn from a beta law.
 *
 * log p(k) = log (n over k) + log B(k + a, n − k + b) − log B(a, b), in nats, for k = 0, …, n and −∞ outside, with a
 * for `concentration1` and b for `concentration0`. Evaluated as log f(k; a) + log f(n − k; b) − log f(n; a + b), with
 * the probabilities f of negative binomial laws that have one chance, none of which cancels.
 *
 * - Shapes: batch is the three parameters broadcast; an event is one whole number.
 * - Gradient: `enumerable` where `totalCount` is a number, up to 4095, else `score`; none through the draw.
 * - Edges: tensors of concentrations of 0 or below give NaN or infinities. Counts up to 2²².
 * - Errors: a `totalCount` of numbers that are no whole ones from 0 to 2²² is a `RangeError`.
 * - Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, section 6.2.2.
 *
 * @example
 * ```ts
 * betaBinomial(1, 1, 3).logProb(tf.scalar(2)).dataSync()[0]; // -Math.log(4)
 * ```
 */
export const betaBinomial = <const N extends TensorLike>(
  concentration1: TensorLike,
  concentration0: TensorLike,
  totalCount: N,
): Distribution<Integers<0, Bound<N>>, CountGradient<N>> => {
  const a = asTensor(concentration1);
  const b = asTensor(concentration0);
  const n = asTensor(totalCount);
  const chances = beta(a, b);
  const both = tf.add(a, b);
  const draw = ([e = tf.scalar(0), ...blocks]: readonly Tensor[]) => {
    const { value, preimage } = chances.sampler.draw(blocks);
    return { value: binomialDraw(e, n, imageUnder(LOGIT, preimage) ?? logit(value)) };
  };
  return distribution({
    family: betaBinomialFamily,
    parameters: { concentration1: a, concentration0: b, totalCount: n },
    arguments: argumentsOf('betaBinomial', {
      concentration1: [concentration1, a, positive],
      concentration0: [concentration0, b, positive],
      totalCount: [totalCount, n, trials],
    }),
    support: integers(0, boundOf(totalCount)),
    sampler: {
      ...listedCounts(totalCount),
      noise: [baseNoise('normal'), ...chances.sampler.noise],
      draw,
    },
    logProb: (value) => {
      const { sound, outside } = soundCount(value, n);
      const part = (k: Tensor, r: Tensor): Tensor =>
        logNegativeBinomial(k, tf.mul(n, tf.div(r, both)), r);
      const parts = tf.add(part(sound, a), part(tf.sub(n, sound), b));
      return onCounts(outside, tf.sub(parts, part(n, both)));
    },
    mean: () => tf.mul(n, tf.div(a, both)),
    variance: () => {
      const spread = tf.mul(tf.mul(n, tf.div(a, both)), tf.div(b, both));
      return tf.mul(spread, tf.div(tf.add(both, n), tf.add(both, 1)));
    },
  });
};

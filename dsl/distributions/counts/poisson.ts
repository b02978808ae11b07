import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { poissonCount, poissonDraw } from '../../numerics/count-quantile.js';
import { deviance } from '../../numerics/deviance.js';
import { gammaincc, logGammainc, logGammaincc } from '../../numerics/incomplete-gamma.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Integers, integers } from '../../supports/index.js';
import { choose } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { countMean } from './domains.js';
import { aboveZero } from './above-zero.js';
import { logPoisson, onCounts, soundCount, soundFinite } from './log-mass.js';

export const poissonFamily: Family<{ readonly rate: Tensor }> = {
  name: 'Poisson',
  axes: { rate: 0 },
  of: ({ rate }) => poisson(rate),
};

/**
 * The Poisson distribution of counts with mean `rate`.
 *
 * log p(k) = k log rate − rate − log k!, in nats, for k = 0, 1, 2, … and −∞ below 0.
 *
 * - Shapes: batch is that of `rate`; an event is one whole number.
 * - Gradient: `score`: none through the draw, which is the quantile of Φ(ε) with ε standard normal, found by a search
 *   in double precision.
 * - Edges: rates up to 2²², beyond which draws are no longer exact in float32.
 * - Errors: a rate of numbers that are not in (0, 2²²] is a `RangeError`.
 * - Source: Loader, Fast and Accurate Computation of Binomial Probabilities, 2000.
 *
 * @example
 * ```ts
 * poisson(3).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(4.5) - 3
 * poisson(3).cdf?.(tf.scalar(1)).dataSync()[0]; // 4 * Math.exp(-3)
 * ```
 */
export const poisson = (rate: TensorLike): Distribution<Integers<0, number>, 'score'> => {
  const r = asTensor(rate);
  return distribution({
    family: poissonFamily,
    parameters: { rate: r },
    arguments: argumentsOf('poisson', { rate: [rate, r, countMean] }),
    support: integers(0, Infinity),
    sampler: {
      gradient: 'score',
      noise: [baseNoise('normal')],
      draw: ([e = tf.scalar(0)]) => ({ value: poissonDraw(e, r) }),
      aboveZero: aboveZero(logOneMinusExp(r), (e) => poissonDraw(e, r)),
    },
    logProb: (value) => {
      const { sound, outside } = soundFinite(value);
      return onCounts(outside, logPoisson(sound, r));
    },
    mean: () => r,
    variance: () => r,
    cdf: (value) => {
      const { sound, outside } = soundCount(value);
      return choose(outside, tf.scalar(0), gammaincc(tf.add(tf.floor(sound), 1), r));
    },
    logCdf: (value) => {
      const { sound, outside } = soundCount(value);
      return onCounts(outside, logGammaincc(tf.add(tf.floor(sound), 1), r));
    },
    logSurvival: (value) => {
      const { sound, outside } = soundCount(value);
      return choose(outside, tf.scalar(0), logGammainc(tf.add(tf.floor(sound), 1), r));
    },
    icdf: (u) => poissonCount(u, r),
    klTo: (p) => (isOf(p, poissonFamily) ? deviance(r, p.parameters.rate) : undefined),
  });
};

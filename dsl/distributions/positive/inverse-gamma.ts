import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type GammaParameters, klGamma } from '../../divergences/gamma.js';
import { distribution } from '../../law/leaf.js';
import { digamma } from '../../numerics/gamma-function.js';
import {
  gammaincc,
  logGammaQuantileOf,
  logGammainc,
  logGammaincc,
} from '../../numerics/incomplete-gamma.js';
import { imageUnder } from '../../law/preimage.js';
import { type Positive, positive } from '../../supports/index.js';
import { exp } from '../../supports/half-line.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { gamma } from './gamma.js';
import {
  atLeast,
  awayFromZero,
  logTailsOfHalfLine,
  onFiniteHalfLine,
  shareOfHalfLine,
} from './half-line.js';

export const inverseGammaFamily: Family<GammaParameters> = {
  name: 'InverseGamma',
  axes: { concentration: 0, rate: 0 },
  of: ({ concentration, rate }) => inverseGamma(concentration, rate),
};

/** Below these log p has a slope beyond float32, rate / z². */
const LEAST = 2 ** -90;
const LEAST_SHARE = 2 ** -30;

/**
 * The inverse gamma distribution: 1 / x for x of a gamma law with shape `concentration` and inverse scale `rate`,
 * the conjugate prior of a variance.
 *
 * log p(z) = α log β − (α + 1) log z − β / z − log Γ(α), in nats, for z > 0 and −∞ below 0.
 *
 * - Shapes: batch is `concentration` and `rate` broadcast; an event is one positive number.
 * - Gradient: pathwise, through the draw of the gamma law.
 * - Edges: tensors of 0 or below give NaN or infinities. The mean is ∞ for concentrations up to 1, the variance
 *   up to 2. Draws lie within [2⁻¹⁰⁰, 2¹⁰⁰], without gradient where they were put there: one in a thousand at
 *   concentration 0.1 and rate 1. A value below 2⁻⁹⁰ or rate · 2⁻³⁰, where log p is below −10⁹, is taken for the
 *   larger of them; log q of an own draw is that of its logarithm, which has no such ends. Second derivatives of `cdf`
 *   and `icdf` in the concentration are NaN.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 17.
 *
 * @example
 * ```ts
 * inverseGamma(3, 6).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(108 / 16) - 3
 * ```
 */
export const inverseGamma = (
  concentration: TensorLike,
  rate: TensorLike,
): Distribution<Positive, 'pathwise'> => {
  const a = asTensor(concentration);
  const b = asTensor(rate);
  const inverse = gamma(a, b);
  /** By log x of the gamma law: its density there, and the volume of x ↦ 1 / x. */
  const density = (log: Tensor): Tensor => {
    const x = { map: exp.name, x: log, eventRank: 0 };
    return tf.add(inverse.logProb(tf.exp(log), x), tf.mul(log, 2));
  };
  const above = (least: number, moment: Tensor): Tensor =>
    choose(greater(a, tf.scalar(least)), moment, tf.scalar(Infinity));
  return distribution({
    family: inverseGammaFamily,
    parameters: { concentration: a, rate: b },
    arguments: argumentsOf('inverseGamma', {
      concentration: [concentration, a, positive],
      rate: [rate, b, positive],
    }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: inverse.sampler.noise,
      draw: (noise) => {
        const { value, preimage } = inverse.sampler.draw(noise);
        const log = imageUnder(exp.name, preimage) ?? tf.log(value);
        const x = tf.neg(log);
        return {
          value: awayFromZero(tf.reciprocal(value)),
          preimage: { map: exp.name, x, eventRank: 0 },
        };
      },
    },
    logProb: (value, preimage) => {
      const log = imageUnder(exp.name, preimage);
      if (log) return density(tf.neg(log));
      const least = atLeast(tf.mul(b, LEAST_SHARE), LEAST);
      return onFiniteHalfLine(value, (z) => {
        const sound = choose(less(z, least), least, z);
        return density(tf.neg(tf.log(sound)));
      });
    },
    mean: () => above(1, tf.div(b, tf.sub(a, 1))),
    variance: () => above(2, tf.div(tf.square(tf.div(b, tf.sub(a, 1))), tf.sub(a, 2))),
    // That of the gamma law, and twice the mean of its log x.
    entropy: () => {
      const own = inverse.entropy?.() ?? tf.scalar(Number.NaN);
      return tf.sub(own, tf.mul(tf.sub(digamma(a), tf.log(b)), 2));
    },
    cdf: (value) => shareOfHalfLine(value, gammaincc(a, tf.div(b, awayFromZero(value)))),
    ...logTailsOfHalfLine(
      (value) => logGammaincc(a, tf.div(b, value)),
      (value) => logGammainc(a, tf.div(b, value)),
    ),
    icdf: (u) => tf.mul(b, tf.exp(tf.neg(logGammaQuantileOf('above', u, a)))),
    klTo: (p) =>
      isOf(p, inverseGammaFamily)
        ? klGamma({ concentration: a, rate: b }, p.parameters)
        : undefined,
  });
};

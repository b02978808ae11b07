import * as tf from '@tensorflow/tfjs';
import { deviance } from '../../numerics/deviance.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type GammaParameters, klGamma } from '../../divergences/gamma.js';
import { distribution } from '../../law/leaf.js';
import { binet, binetSlope } from '../../numerics/gamma-function.js';
import {
  gammainc,
  logGammaQuantileOf,
  logGammainc,
  logGammaincc,
} from '../../numerics/incomplete-gamma.js';
import { imageUnder } from '../../law/preimage.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type Positive, positive } from '../../supports/index.js';
import { exp } from '../../supports/half-line.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { exponentialFamily } from './exponential.js';
import { awayFromZero, logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';
import { LIFT, gammaNoise, standardGamma } from './standard-gamma.js';

export const gammaFamily: Family<GammaParameters> = {
  name: 'Gamma',
  axes: { concentration: 0, rate: 0 },
  of: ({ concentration, rate }) => gamma(concentration, rate),
};

/** An exponential law is a gamma law with concentration 1. */
export const gammaOf = (d: Distribution): GammaParameters | undefined => {
  if (isOf(d, gammaFamily)) return d.parameters;
  if (!isOf(d, exponentialFamily)) return undefined;
  const { rate } = d.parameters;
  return { concentration: tf.onesLike(rate), rate };
};

/**
 * The gamma distribution with shape `concentration` and inverse scale `rate`; its mean is their ratio.
 *
 * log p(z) = α log β + (α − 1) log z − β z − log Γ(α), in nats, for z > 0 and −∞ below 0. Evaluated
 * as −D(α, β z) + ½ log(α / 2π) − binet(α) − log z with D the deviance, which stays accurate
 * for large α.
 *
 * - Shapes: batch is `concentration` and `rate` broadcast; an event is one positive number.
 * - Gradient: pathwise. A draw is a smooth function of a normal number and ten exponential ones.
 * - Edges: tensors of 0 or below give NaN or infinities. A draw below 2⁻¹⁰⁰ is that number,
 *   without gradient: one in a million at concentration 0.2 and rate 1, one in a thousand at 0.1;
 *   so is a value below it. log q of an own draw is that of its logarithm, which has no such end, and
 *   so is log p of it by another law that knows logarithms: gamma, log-normal, or transformed by exp.
 *   Second derivatives of `cdf` and `icdf` in the concentration are NaN.
 * - Source: density by Loader, Fast and Accurate Computation of Binomial Probabilities, 2000; draws
 *   by Naesseth et al. 2017, arXiv:1610.05683, with a quantile in place of the rejection.
 *
 * @example
 * ```ts
 * gamma(3, 6).logProb(tf.scalar(0.5)).dataSync()[0]; // Math.log(108 * 0.25) - 3
 * ```
 */
export const gamma = (
  concentration: TensorLike,
  rate: TensorLike,
): Distribution<Positive, 'pathwise'> => {
  const a = asTensor(concentration);
  const b = asTensor(rate);
  const normaliser = (): Tensor =>
    tf.sub(tf.sub(tf.mul(tf.log(a), 0.5), HALF_LOG_TWO_PI), binet(a));
  const logMean = (): Tensor => tf.sub(tf.log(a), tf.log(b));
  /** log p by the log of a value over the mean. */
  const ofExcess = (r: Tensor): Tensor => {
    const fit = tf.mul(a, tf.sub(tf.expm1(r), r));
    return tf.sub(tf.sub(normaliser(), fit), tf.add(r, logMean()));
  };
  return distribution({
    family: gammaFamily,
    parameters: { concentration: a, rate: b },
    arguments: argumentsOf('gamma', {
      concentration: [concentration, a, positive],
      rate: [rate, b, positive],
    }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: gammaNoise(),
      draw: (blocks) => {
        const { lifted, logRatio } = standardGamma(a, blocks);
        const x = tf.add(tf.add(tf.log1p(tf.div(LIFT, a)), logRatio), logMean());
        const value = awayFromZero(tf.mul(tf.div(lifted, b), tf.exp(logRatio)));
        return { value, preimage: { map: exp.name, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const log = imageUnder(exp.name, preimage);
      if (log) return ofExcess(tf.sub(log, logMean()));
      const z = awayFromZero(value);
      const density = tf.sub(tf.sub(normaliser(), deviance(a, tf.mul(b, z))), tf.log(z));
      return onHalfLine(value, density);
    },
    mean: () => tf.div(a, b),
    variance: () => tf.div(tf.div(a, b), b),
    entropy: () => {
      // α − log β + log Γ(α) + (1 − α) ψ(α), in Binet's function.
      const logs = tf.sub(tf.mul(tf.log(a), 0.5), tf.log(b));
      const constant = tf.sub(HALF_LOG_TWO_PI + 0.5, tf.div(0.5, a));
      const rest = tf.add(binet(a), tf.mul(tf.sub(1, a), binetSlope(a)));
      return tf.add(tf.add(logs, constant), rest);
    },
    cdf: (value) => shareOfHalfLine(value, gammainc(a, tf.mul(b, awayFromZero(value)))),
    ...logTailsOfHalfLine(
      (value) => logGammainc(a, tf.mul(b, value)),
      (value) => logGammaincc(a, tf.mul(b, value)),
    ),
    icdf: (u) => awayFromZero(tf.div(tf.exp(logGammaQuantileOf('below', u, a)), b)),
    klTo: (p) => {
      const other = gammaOf(p);
      return other && klGamma({ concentration: a, rate: b }, other);
    },
    klFrom: (q) => {
      const other = gammaOf(q);
      return other && klGamma(other, { concentration: a, rate: b });
    },
  });
};

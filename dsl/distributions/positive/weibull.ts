import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from '../../divergences/gaussian.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klGumbel } from '../../divergences/gumbel.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { lgamma } from '../../numerics/gamma-function.js';
import { EULER_GAMMA, logOneMinusExp } from '../../numerics/special.js';
import { imageUnder } from '../../law/preimage.js';
import { type Positive, positive } from '../../supports/index.js';
import { exp } from '../../supports/half-line.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { exponentialFamily } from './exponential.js';
import {
  awayFromZero,
  logTailsOfHalfLine,
  onFiniteHalfLine,
  shareOfHalfLine,
} from './half-line.js';

type WeibullParameters = { readonly scale: Tensor; readonly concentration: Tensor };

export const weibullFamily: Family<WeibullParameters> = {
  name: 'Weibull',
  axes: { scale: 0, concentration: 0 },
  of: ({ scale, concentration }) => weibull(scale, concentration),
};

/** An exponential law is a Weibull law with concentration 1. */
const weibullOf = (d: Distribution): WeibullParameters | undefined => {
  if (isOf(d, weibullFamily)) return d.parameters;
  if (!isOf(d, exponentialFamily)) return undefined;
  const { rate } = d.parameters;
  return { scale: tf.reciprocal(rate), concentration: tf.onesLike(rate) };
};

/** The Gumbel law of −log z: a map of both laws changes no divergence. */
const gumbelOf = ({ scale, concentration }: WeibullParameters): LocationScale => ({
  loc: tf.neg(tf.log(scale)),
  scale: tf.reciprocal(concentration),
});

/**
 * The Weibull distribution with `scale` and shape `concentration`, of times until the weakest part fails.
 *
 * log p(z) = log k − log scale + (k − 1) log(z / scale) − (z / scale)ᵏ, in nats, for z > 0 and −∞ below 0, with k
 * for `concentration`.
 *
 * - Shapes: batch is `scale` and `concentration` broadcast; an event is one positive number.
 * - Gradient: pathwise, z = scale e^(−g / k) with g standard Gumbel.
 * - Edges: tensors of 0 or below give NaN or infinities. A draw or a value below 2⁻¹⁰⁰ is taken for that number;
 *   log q of an own draw is that of its logarithm, which has no such end.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 21.
 *
 * @example
 * ```ts
 * weibull(2, 3).logProb(tf.scalar(2)).dataSync()[0]; // Math.log(1.5) - 1
 * weibull(2, 3).cdf?.(tf.scalar(2)).dataSync()[0]; // 1 - Math.exp(-1)
 * ```
 */
export const weibull = (
  scale: TensorLike,
  concentration: TensorLike,
): Distribution<Positive, 'pathwise'> => {
  const s = asTensor(scale);
  const k = asTensor(concentration);
  const own = { scale: s, concentration: k };
  /** k log(z / scale), by log z. */
  const power = (log: Tensor): Tensor => tf.mul(k, tf.sub(log, tf.log(s)));
  const density = (log: Tensor): Tensor => {
    const y = power(log);
    return tf.sub(tf.add(tf.log(k), tf.sub(y, tf.exp(y))), log);
  };
  /** Γ(1 + n / k). */
  const moment = (n: number): Tensor => tf.exp(lgamma(tf.add(tf.div(n, k), 1)));
  /** The z with −log P(draw > z) = `hazard`. */
  const reached = (hazard: Tensor): Tensor => tf.mul(s, tf.exp(tf.div(tf.log(hazard), k)));
  return distribution({
    family: weibullFamily,
    parameters: own,
    arguments: argumentsOf('weibull', {
      scale: [scale, s, positive],
      concentration: [concentration, k, positive],
    }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      draw: ([g = tf.scalar(0)]) => {
        const x = tf.sub(tf.log(s), tf.div(g, k));
        const value = tf.mul(s, tf.exp(tf.neg(tf.div(g, k))));
        return { value: awayFromZero(value), preimage: { map: exp.name, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const log = imageUnder(exp.name, preimage);
      return log ? density(log) : onFiniteHalfLine(value, (z) => density(tf.log(awayFromZero(z))));
    },
    mean: () => tf.mul(s, moment(1)),
    variance: () => tf.mul(tf.square(s), tf.sub(moment(2), tf.square(moment(1)))),
    entropy: () => {
      const spread = tf.sub(1, tf.reciprocal(k));
      return tf.add(tf.sub(tf.log(s), tf.log(k)), tf.add(tf.mul(spread, EULER_GAMMA), 1));
    },
    cdf: (value) =>
      shareOfHalfLine(value, tf.neg(tf.expm1(tf.neg(tf.exp(power(tf.log(awayFromZero(value)))))))),
    ...logTailsOfHalfLine(
      (value) => logOneMinusExp(tf.exp(power(tf.log(value)))),
      (value) => tf.neg(tf.exp(power(tf.log(value)))),
    ),
    inverseLogCdf: (log) => reached(tf.neg(logOneMinusExp(tf.neg(log)))),
    inverseLogSurvival: (log) => reached(tf.neg(log)),
    icdf: (u) => reached(tf.neg(tf.log1p(tf.neg(u)))),
    klTo: (p) => {
      const other = weibullOf(p);
      return other && klGumbel(gumbelOf(own), gumbelOf(other));
    },
    klFrom: (q) => {
      const other = weibullOf(q);
      return other && klGumbel(gumbelOf(other), gumbelOf(own));
    },
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { digamma, lgamma } from '../../numerics/gamma-function.js';
import { EULER_GAMMA, logOneMinusExp, logSigmoid } from '../../numerics/special.js';
import { imageUnder } from '../../law/preimage.js';
import { type Interval, positive, unitInterval } from '../../supports/index.js';
import { choose, greater } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { LOGIT, insideUnit, onUnit, shareOfUnit } from './logit.js';

type KumaraswamyParameters = { readonly concentration1: Tensor; readonly concentration0: Tensor };

export const kumaraswamyFamily: Family<KumaraswamyParameters> = {
  name: 'Kumaraswamy',
  axes: { concentration1: 0, concentration0: 0 },
  of: ({ concentration1, concentration0 }) => kumaraswamy(concentration1, concentration0),
};

/** From here on 1 − e^−x is 1 beyond rounding, and soon to float32's last number. */
const FAR = 60;

const beyond = (x: Tensor, yes: Tensor, no: Tensor): Tensor =>
  choose(greater(x, tf.scalar(FAR)), yes, no);

/**
 * The Kumaraswamy distribution over the unit interval: near to a beta law, with an explicit quantile.
 *
 * log p(z) = log a + log b + (a − 1) log z + (b − 1) log(1 − zᵃ), in nats, −∞ outside, with a for
 * `concentration1` and b for `concentration0`.
 *
 * - Shapes: batch is the two concentrations broadcast; an event is one number.
 * - Gradient: pathwise, z = (1 − e^(−E / b))^(1 / a) with E = e^−g exponential.
 * - Edges: tensors of 0 or below give NaN or infinities. Draws lie in [2⁻¹⁰⁰, 1 − 2⁻²⁴], without gradient
 *   where they were put there, and values are taken into it; log q of an own draw is that of its logit,
 *   which has no such end.
 * - Source: Kumaraswamy 1980, doi:10.1016/0022-1694(80)90036-0; Jones 2009, doi:10.1016/j.stamet.2008.04.001.
 *
 * @example
 * ```ts
 * kumaraswamy(2, 3).logProb(tf.scalar(0.5)).dataSync()[0]; // Math.log(6 * 0.5 * 0.75 ** 2)
 * kumaraswamy(2, 3).cdf?.(tf.scalar(0.5)).dataSync()[0]; // 1 - 0.75 ** 3
 * ```
 */
export const kumaraswamy = (
  concentration1: TensorLike,
  concentration0: TensorLike,
): Distribution<Interval<0, 1>, 'pathwise'> => {
  const a = asTensor(concentration1);
  const b = asTensor(concentration0);
  /** log(1 − zᵃ) by log z. */
  const logRest = (log: Tensor): Tensor => logOneMinusExp(tf.neg(tf.mul(a, log)));
  const density = (log: Tensor, rest: Tensor): Tensor =>
    tf.add(
      tf.add(tf.log(a), tf.log(b)),
      tf.add(tf.mul(tf.sub(a, 1), log), tf.mul(tf.sub(b, 1), rest)),
    );
  const ofValue = (value: Tensor): Tensor => {
    const log = tf.log(insideUnit(value));
    return density(log, logRest(log));
  };
  /** By the logit, near 1 as well, where 1 − zᵃ is a (1 − z). */
  const ofLogit = (x: Tensor): Tensor => {
    const log = logSigmoid(beyond(x, tf.scalar(FAR), x));
    const rest = beyond(x, tf.sub(tf.log(a), x), logRest(log));
    return density(log, rest);
  };
  /** E zⁿ = b B(1 + n / a, b). */
  const moment = (n: number): Tensor => {
    const one = tf.add(tf.div(n, a), 1);
    const logBeta = tf.sub(tf.add(lgamma(one), lgamma(tf.add(b, 1))), lgamma(tf.add(one, b)));
    return tf.exp(logBeta);
  };
  return distribution({
    family: kumaraswamyFamily,
    parameters: { concentration1: a, concentration0: b },
    arguments: argumentsOf('kumaraswamy', {
      concentration1: [concentration1, a, positive],
      concentration0: [concentration0, b, positive],
    }),
    support: unitInterval,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      draw: ([g = tf.scalar(0)]) => {
        const t = tf.div(tf.exp(tf.neg(g)), b);
        const log = tf.div(logOneMinusExp(beyond(t, tf.scalar(FAR), t)), a);
        const near = tf.sub(log, logOneMinusExp(tf.neg(log)));
        const x = beyond(t, tf.add(t, tf.log(a)), near);
        return { value: insideUnit(tf.exp(log)), preimage: { map: LOGIT, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const x = imageUnder(LOGIT, preimage);
      return x ? ofLogit(x) : onUnit(value, ofValue(value));
    },
    mean: () => moment(1),
    variance: () => tf.sub(moment(2), tf.square(moment(1))),
    entropy: () => {
      const harmonic = tf.add(digamma(tf.add(b, 1)), EULER_GAMMA);
      const parts = tf.add(
        tf.sub(1, tf.reciprocal(b)),
        tf.mul(tf.sub(1, tf.reciprocal(a)), harmonic),
      );
      return tf.sub(parts, tf.add(tf.log(a), tf.log(b)));
    },
    cdf: (value) =>
      shareOfUnit(value, tf.neg(tf.expm1(tf.mul(b, logRest(tf.log(insideUnit(value))))))),
    icdf: (u) => tf.exp(tf.div(logOneMinusExp(tf.div(tf.neg(tf.log1p(tf.neg(u))), b)), a)),
  });
};

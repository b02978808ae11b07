import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type LocationScale, klNormal } from '../../divergences/gaussian.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { ndtr, ndtri } from '../../numerics/normal-function.js';
import { HALF_LOG_TWO_PI, logSigmoid, logit } from '../../numerics/special.js';
import { imageUnder } from '../../law/preimage.js';
import { type Interval, positive, real, unitInterval } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { LOGIT, insideUnit, onUnit, shareOfUnit } from './logit.js';

export const logitNormalFamily: Family<LocationScale> = {
  name: 'LogitNormal',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => logitNormal(loc, scale),
};

/**
 * The logit-normal distribution: sigmoid(x) for x normal with mean `loc` and standard deviation `scale`.
 *
 * log p(z) = −½ ((logit z − loc) / scale)² − log scale − log z − log(1 − z) − ½ log 2π, in nats, −∞ outside.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = sigmoid(loc + scale ε).
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. Draws lie in [2⁻¹⁰⁰, 1 − 2⁻²⁴], without
 *   gradient where they were put there, and values are taken into it; log q of an own draw is that of its
 *   logit, which has no such end. Mean, variance and entropy have no closed form.
 * - Source: Atchison and Shen 1980, doi:10.1093/biomet/67.2.261.
 *
 * @example
 * ```ts
 * logitNormal(0, 1).logProb(tf.scalar(0.5)).dataSync()[0]; // Math.log(4) - 0.9189385
 * ```
 */
export const logitNormal = (
  loc: TensorLike,
  scale: TensorLike,
): Distribution<Interval<0, 1>, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const density = (x: Tensor): Tensor => {
    const square = tf.mul(tf.square(tf.div(tf.sub(x, m), s)), -0.5);
    const volume = tf.add(logSigmoid(x), logSigmoid(tf.neg(x)));
    return tf.sub(tf.sub(square, tf.add(tf.log(s), HALF_LOG_TWO_PI)), volume);
  };
  return distribution({
    family: logitNormalFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('logitNormal', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: unitInterval,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal')],
      draw: ([e = tf.scalar(0)]) => {
        const x = tf.add(m, tf.mul(s, e));
        return { value: insideUnit(tf.sigmoid(x)), preimage: { map: LOGIT, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const x = imageUnder(LOGIT, preimage);
      return x ? density(x) : onUnit(value, density(logit(insideUnit(value))));
    },
    cdf: (value) => shareOfUnit(value, ndtr(tf.div(tf.sub(logit(insideUnit(value)), m), s))),
    icdf: (u) => tf.sigmoid(tf.add(m, tf.mul(s, ndtri(u)))),
    klTo: (p) =>
      isOf(p, logitNormalFamily) ? klNormal({ loc: m, scale: s }, p.parameters) : undefined,
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type LocationScale, klNormal } from '../../divergences/gaussian.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { imageUnder } from '../../law/preimage.js';
import { logNdtr, ndtr, ndtri, ndtriOfLog } from '../../numerics/normal-function.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type Positive, positive, real } from '../../supports/index.js';
import { exp } from '../../supports/half-line.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { awayFromZero, logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';

export const logNormalFamily: Family<LocationScale> = {
  name: 'LogNormal',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => logNormal(loc, scale),
};

/**
 * The log-normal distribution: eˣ for x normal with mean `loc` and standard deviation `scale`.
 *
 * log p(z) = −½ ((log z − loc) / scale)² − log scale − log z − ½ log 2π, in nats, for z > 0 and −∞
 * below 0.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one positive number.
 * - Gradient: pathwise, z = exp(loc + scale ε).
 * - Edges: a tensor of 0 or below gives NaN or infinities. A draw or a value below 2⁻¹⁰⁰ is
 *   taken for that number; log q of an own draw is that of its logarithm, which has no such end.
 *
 * @example
 * ```ts
 * logNormal(0, 1).logProb(tf.scalar(1)).dataSync()[0]; // -0.9189385
 * ```
 */
export const logNormal = (
  loc: TensorLike,
  scale: TensorLike,
): Distribution<Positive, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const mean = (): Tensor => tf.exp(tf.add(m, tf.div(tf.square(s), 2)));
  const density = (log: Tensor): Tensor => {
    const square = tf.mul(tf.square(tf.div(tf.sub(log, m), s)), -0.5);
    return tf.sub(tf.sub(square, tf.add(tf.log(s), HALF_LOG_TWO_PI)), log);
  };
  return distribution({
    family: logNormalFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('logNormal', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal')],
      draw: ([e = tf.scalar(0)]) => {
        const x = tf.add(m, tf.mul(s, e));
        return { value: awayFromZero(tf.exp(x)), preimage: { map: exp.name, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const log = imageUnder(exp.name, preimage);
      return log ? density(log) : onHalfLine(value, density(tf.log(awayFromZero(value))));
    },
    mean,
    variance: () => tf.mul(tf.expm1(tf.square(s)), tf.square(mean())),
    entropy: () => tf.add(tf.add(m, tf.log(s)), 0.5 + HALF_LOG_TWO_PI),
    cdf: (value) => shareOfHalfLine(value, ndtr(tf.div(tf.sub(tf.log(awayFromZero(value)), m), s))),
    ...logTailsOfHalfLine(
      (value) => logNdtr(tf.div(tf.sub(tf.log(value), m), s)),
      (value) => logNdtr(tf.div(tf.sub(m, tf.log(value)), s)),
    ),
    inverseLogCdf: (log) => tf.exp(tf.add(m, tf.mul(s, ndtriOfLog(log)))),
    inverseLogSurvival: (log) => tf.exp(tf.sub(m, tf.mul(s, ndtriOfLog(log)))),
    icdf: (u) => tf.exp(tf.add(m, tf.mul(s, ndtri(u)))),
    klTo: (p) =>
      isOf(p, logNormalFamily) ? klNormal({ loc: m, scale: s }, p.parameters) : undefined,
  });
};

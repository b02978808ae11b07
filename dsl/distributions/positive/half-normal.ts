import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type LocationScale, klNormal } from '../../divergences/gaussian.js';
import { klToHalfNormal } from '../../divergences/moments.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { erf, erfinv, logNdtr } from '../../numerics/normal-function.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type Positive, nonnegative, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';

export const halfNormalFamily: Family<{ readonly scale: Tensor }> = {
  name: 'HalfNormal',
  axes: { scale: 0 },
  of: ({ scale }) => halfNormal(scale),
};

const centred = (scale: Tensor): LocationScale => ({ loc: tf.scalar(0), scale });

/**
 * The half-normal distribution: |x| for x normal with mean 0 and standard deviation `scale`.
 *
 * log p(z) = −½ (z / scale)² − log scale + ½ log(2 / π), in nats, for z ≥ 0 and −∞ below.
 *
 * - Shapes: batch is that of `scale`; an event is one positive number.
 * - Gradient: pathwise, z = scale |ε|.
 * - Edges: a tensor of 0 or below gives NaN or infinities. `scale` is not the standard deviation of
 *   z, which is 0.603 times it.
 *
 * @example
 * ```ts
 * halfNormal(1).logProb(tf.scalar(0)).dataSync()[0]; // 0.5 * Math.log(2 / Math.PI)
 * ```
 */
export const halfNormal = (scale: TensorLike): Distribution<Positive, 'pathwise'> => {
  const s = asTensor(scale);
  return distribution({
    family: halfNormalFamily,
    parameters: { scale: s },
    arguments: argumentsOf('halfNormal', { scale: [scale, s, positive] }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal')],
      draw: ([e = tf.scalar(0)]) => ({ value: tf.mul(s, tf.abs(e)) }),
    },
    logProb: (value) => {
      const square = tf.mul(tf.square(tf.div(value, s)), -0.5);
      return onHalfLine(value, tf.sub(square, tf.add(tf.log(s), HALF_LOG_TWO_PI - Math.LN2)));
    },
    mean: () => tf.mul(s, Math.sqrt(2 / Math.PI)),
    variance: () => tf.mul(tf.square(s), 1 - 2 / Math.PI),
    entropy: () => tf.add(tf.log(s), 0.5 + HALF_LOG_TWO_PI - Math.LN2),
    cdf: (value) => shareOfHalfLine(value, erf(tf.mul(tf.div(value, s), Math.SQRT1_2))),
    ...logTailsOfHalfLine(
      (value) => tf.log(erf(tf.mul(tf.div(value, s), Math.SQRT1_2))),
      (value) => tf.add(logNdtr(tf.neg(tf.div(value, s))), Math.LN2),
    ),
    icdf: (u) => tf.mul(tf.mul(s, erfinv(u)), Math.SQRT2),
    // Folding two normals with one centre changes nothing between them.
    klTo: (p) =>
      isOf(p, halfNormalFamily) ? klNormal(centred(s), centred(p.parameters.scale)) : undefined,
    klFrom: (q) => klToHalfNormal(q, s, nonnegative),
  });
};

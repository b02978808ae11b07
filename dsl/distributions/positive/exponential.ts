import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klExponential } from '../../divergences/gamma.js';
import { klToExponential } from '../../divergences/moments.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Positive, nonnegative, positive } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { logTailsOfHalfLine, onHalfLine, shareOfHalfLine } from './half-line.js';

export const exponentialFamily: Family<{ readonly rate: Tensor }> = {
  name: 'Exponential',
  axes: { rate: 0 },
  of: ({ rate }) => exponential(rate),
};

/**
 * The exponential distribution with mean 1 / `rate`.
 *
 * log p(z) = log rate − rate z, in nats, for z ≥ 0 and −∞ below.
 *
 * - Shapes: batch is that of `rate`; an event is one positive number.
 * - Gradient: pathwise, z = e^−g / rate with g standard Gumbel, so that −log u keeps its relative
 *   accuracy for large and for small draws.
 * - Edges: a tensor of 0 or below gives NaN or infinities.
 *
 * @example
 * ```ts
 * exponential(2).logProb(tf.scalar(1)).dataSync()[0]; // Math.log(2) - 2
 * ```
 */
export const exponential = (rate: TensorLike): Distribution<Positive, 'pathwise'> => {
  const r = asTensor(rate);
  return distribution({
    family: exponentialFamily,
    parameters: { rate: r },
    arguments: argumentsOf('exponential', { rate: [rate, r, positive] }),
    support: positive,
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      draw: ([g = tf.scalar(0)]) => ({ value: tf.div(tf.exp(tf.neg(g)), r) }),
    },
    logProb: (value) => onHalfLine(value, tf.sub(tf.log(r), tf.mul(r, value))),
    mean: () => tf.reciprocal(r),
    variance: () => tf.square(tf.reciprocal(r)),
    entropy: () => tf.sub(1, tf.log(r)),
    cdf: (value) => shareOfHalfLine(value, tf.neg(tf.expm1(tf.neg(tf.mul(r, value))))),
    ...logTailsOfHalfLine(
      (value) => logOneMinusExp(tf.mul(r, value)),
      (value) => tf.neg(tf.mul(r, value)),
    ),
    inverseLogCdf: (log) => tf.div(tf.neg(logOneMinusExp(tf.neg(log))), r),
    inverseLogSurvival: (log) => tf.div(tf.neg(log), r),
    icdf: (u) => tf.div(tf.neg(tf.log1p(tf.neg(u))), r),
    klTo: (p) => (isOf(p, exponentialFamily) ? klExponential(r, p.parameters.rate) : undefined),
    klFrom: (q) => klToExponential(q, r, nonnegative),
  });
};

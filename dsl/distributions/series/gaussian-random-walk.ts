import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { klNormal } from '../../divergences/gaussian.js';
import type { Series } from '../../divergences/series.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { checkWhole } from '../../refusals/options.js';
import { type ArrayOf, type Real, positive, realVector } from '../../supports/index.js';
import { initAlong, withLength } from '../../tensors/along.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';

export const gaussianRandomWalkFamily: Family<{ readonly scale: Tensor }> = {
  name: 'GaussianRandomWalk',
  axes: { scale: 0 },
};

/** The same as an autoregressive series, each number expected where the one before it is. */
export const walkAsSeries = (scale: Tensor): Series => ({
  coefficients: tf.ones([1]),
  scale,
  initial: tf.zeros([1]),
});

/** How far each number is from the one before it, the first from 0. */
const stepsOf = (value: Tensor): Tensor => {
  const start = tf.zeros(withLength(value.shape, -1, 1));
  return tf.sub(value, initAlong(tf.concat([start, value], -1), -1));
};

/**
 * A random walk of `numSteps` numbers from 0, whose steps are normal with standard deviation `scale`; the first number is
 * that after the first step.
 *
 * log p(z) = −½ Σ_t ((z_t − z_{t − 1}) / scale)² − n log scale − n/2 log 2π, in nats, with z₀ = 0 and n steps.
 *
 * - Shapes: batch is that of `scale`; an event is a series of n numbers.
 * - Gradient: pathwise, z = scale (ε₁ + … + ε_t). log q of an own draw is that of its noise.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities.
 *
 * @example
 * ```ts
 * const d = gaussianRandomWalk(2, 3);
 * d.variance?.().arraySync(); // [4, 8, 12]
 * d.logProb(tf.tensor1d([2, 2, 4])).dataSync()[0]; // -1 - 3 * Math.log(2) - 1.5 * Math.log(2 * Math.PI)
 * ```
 */
export const gaussianRandomWalk = (
  scale: TensorLike,
  numSteps: number,
): Distribution<ArrayOf<Real>, 'pathwise'> => {
  checkWhole('gaussianRandomWalk', { numSteps });
  const s = asTensor(scale);
  const each = tf.expandDims(s, -1);
  const standard = { name: 'standard' };
  const logScales = (): Tensor => tf.mul(tf.log(s), numSteps);
  return distribution({
    family: gaussianRandomWalkFamily,
    parameters: { scale: s },
    arguments: argumentsOf('gaussianRandomWalk', { scale: [scale, s, positive] }),
    support: realVector,
    eventShape: [numSteps],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal', [numSteps])],
      draw: ([e = tf.zeros([...s.shape, numSteps])]) => ({
        value: tf.cumsum(tf.mul(each, e), Math.max(e.rank, each.rank) - 1),
        preimage: { map: standard, x: e, eventRank: 1 },
      }),
    },
    logProb: (value, preimage) => {
      const e = imageUnder(standard, preimage) ?? tf.div(stepsOf(value), each);
      const squares = tf.mul(tf.sum(tf.square(e), -1), -0.5);
      return tf.sub(squares, tf.add(logScales(), numSteps * HALF_LOG_TWO_PI));
    },
    mean: () => tf.zeros([numSteps]),
    variance: () => tf.mul(tf.square(each), tf.range(1, numSteps + 1)),
    entropy: () => tf.add(logScales(), numSteps * (0.5 + HALF_LOG_TWO_PI)),
    klTo: (p) => {
      if (!isOf(p, gaussianRandomWalkFamily)) return undefined;
      const of = (x: Tensor) => ({ loc: tf.scalar(0), scale: x });
      return tf.mul(klNormal(of(s), of(p.parameters.scale)), numSteps);
    },
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Series, klSeries } from '../../divergences/series.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { recurrence } from '../../numerics/series/recurrence.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { anything, checkOptions, checkWhole } from '../../refusals/options.js';
import { type ArrayOf, type Real, positive, real, realVector } from '../../supports/index.js';
import { baseNoise } from '../../tensors/noise.js';
import { broadcastAll, dropLast, showShape } from '../../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../../tensors/tensor.js';
import { fromBefore, impulseOf, innovationsOf } from '../../numerics/series/innovations.js';
import { gaussianRandomWalkFamily, walkAsSeries } from './gaussian-random-walk.js';

export const autoregressiveFamily: Family<Series> = {
  name: 'Autoregressive',
  axes: { coefficients: 1, scale: 0, initial: 1 },
};

/** A series of either family. */
const seriesOf = (d: Distribution): Series | undefined => {
  if (isOf(d, autoregressiveFamily)) return d.parameters;
  return isOf(d, gaussianRandomWalkFamily) ? walkAsSeries(d.parameters.scale) : undefined;
};

/** What a series starts from. */
export interface AutoregressiveStart {
  /** The p values before the first, the latest last, `[..., p]`; zeros where left out. */
  readonly initial?: TensorLike;
}

/** What a series starts from, as many numbers as there are coefficients. */
const initialOf = ({ initial }: AutoregressiveStart, order: number): Tensor => {
  const before = initial === undefined ? tf.zeros([order]) : asTensor(initial);
  if (before.shape.at(-1) === order) return before;
  throw new RangeError(
    `autoregressive: expected initial of shape [..., ${order}], but got ${showShape(before.shape)}; ` +
      'give one value before the series for each coefficient.',
  );
};

/**
 * A Gaussian autoregressive series of `numSteps` numbers, z_t = φ₁ z_{t − 1} + … + φ_p z_{t − p} + scale ε_t, given the p
 * numbers before it.
 *
 * log p(z) = −½ Σ_t ((z_t − Σ_k φ_k z_{t − k}) / scale)² − n log scale − n/2 log 2π, in nats, for n steps.
 *
 * - Shapes: `coefficients` φ are `[..., p]`, the first that of the number before; `scale` is `[...]`, `initial`
 *   `[..., p]`; batch is what is left of them, broadcast. An event is a series of n numbers.
 * - Gradient: pathwise; a draw solves a banded system in double precision, in n p operations. log q of an own draw
 *   is that of its noise.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. Coefficients need not be stable: the series then grows.
 * - Errors: a `RangeError` for `coefficients` that are a single number, and for `initial` of another length.
 * - Source: Hamilton, Time Series Analysis, sections 1.2 and 5.3: the likelihood that is conditional on what was before.
 *
 * @example
 * ```ts
 * const d = autoregressive([0.5], 1, 2, { initial: [2] });
 * d.mean?.().arraySync(); // [1, 0.5]
 * d.variance?.().arraySync(); // [1, 1.25]
 * ```
 */
export const autoregressive = (
  coefficients: TensorLike,
  scale: TensorLike,
  numSteps: number,
  options: AutoregressiveStart = {},
): Distribution<ArrayOf<Real>, 'pathwise'> => {
  checkWhole('autoregressive', { numSteps });
  checkOptions('autoregressive', { ...options }, { initial: anything });
  const phi = asTensor(coefficients);
  const s = asTensor(scale);
  const order = phi.shape.at(-1);
  if (order === undefined) {
    throw new RangeError(
      'autoregressive: expected coefficients along the last axis, but got a single number; ' +
        'give [coefficient] for one number before.',
    );
  }
  const initial = initialOf(options, order);
  const own: Series = { coefficients: phi, scale: s, initial };
  const standard = { name: 'standard' };
  const batch = broadcastAll('autoregressive', [
    dropLast(phi.shape, 1),
    s.shape,
    dropLast(initial.shape, 1),
  ]);
  const each = tf.expandDims(s, -1);
  const start = (): Tensor => fromBefore(own, numSteps);
  const mean = (): Tensor => recurrence(phi, expandTo(start(), [...batch, numSteps]));
  const logScales = (): Tensor => tf.mul(tf.log(s), numSteps);
  return distribution({
    family: autoregressiveFamily,
    parameters: own,
    arguments: argumentsOf('autoregressive', {
      coefficients: [coefficients, phi, real, 1],
      scale: [scale, s, positive],
      initial: [options.initial ?? initial, initial, real, 1],
    }),
    support: realVector,
    eventShape: [numSteps],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal', [numSteps])],
      draw: ([e = tf.zeros([...batch, numSteps])]) => ({
        value: recurrence(phi, tf.add(tf.mul(each, e), start())),
        preimage: { map: standard, x: e, eventRank: 1 },
      }),
    },
    logProb: (value, preimage) => {
      const e = imageUnder(standard, preimage) ?? tf.div(innovationsOf(own, value), each);
      const squares = tf.mul(tf.sum(tf.square(e), -1), -0.5);
      return tf.sub(squares, tf.add(logScales(), numSteps * HALF_LOG_TWO_PI));
    },
    mean,
    variance: () => tf.mul(tf.square(each), runningSum(tf.square(impulseOf(phi, numSteps)))),
    entropy: () => tf.add(logScales(), numSteps * (0.5 + HALF_LOG_TWO_PI)),
    klTo: (p) => {
      const other = seriesOf(p);
      return other && klSeries(own, other, numSteps);
    },
    klFrom: (q) => {
      const other = seriesOf(q);
      return other && klSeries(other, own, numSteps);
    },
  });
};

const runningSum = (x: Tensor): Tensor => tf.cumsum(x, x.rank - 1);

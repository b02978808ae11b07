/**
 * Cholesky factors of correlation matrices, and the map onto them: k(k − 1)/2 real numbers, row by row, to the
 * strictly lower entries, from which the diagonal follows.
 *
 * Each number is the hyperbolic arc tangent of a partial correlation. Rows have length 1, so what is left of one
 * after some entries is the sum of the squares after them, which does not cancel where 1 less those before would.
 *
 * Source: Stan Reference Manual, section "Cholesky factors of correlation matrices".
 */
import * as tf from '@tensorflow/tfjs';
import type { Domain } from '../checks/domain.js';
import { strictlyLower, strictlyLowerEntries } from '../numerics/linear-algebra.js';
import { logSigmoid } from '../numerics/special.js';
import type { Shape } from '../tensors/noise.js';
import { showShape } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';
import type { Bijector, ContinuousSupport } from './support.js';

/** Lower-triangular matrices with a positive diagonal and rows of length 1; densities are over what is below it. */
export interface CorrCholesky extends ContinuousSupport<'corrCholesky'> {
  readonly kind: 'corrCholesky';
}

/** How far from 1 rounding may leave the length of a row. */
const LENGTH = 1e-3;

const sideOf = (size: number): number => Math.round(Math.sqrt(size));

const factors: Domain = {
  words: 'lower triangular with a positive diagonal and rows of length 1',
  cure: 'divide its rows by their lengths, or use a param with { support: corrCholesky }',
  rank: 2,
  entry: (x, row, column) =>
    row < column ? x === 0 : Number.isFinite(x) && (row > column || x > 0),
  together: (entries, slack = LENGTH) => {
    const k = sideOf(entries.length);
    const rows = Array.from({ length: k }, (_, i) => entries.slice(i * k, (i + 1) * k));
    const value = rows
      .map((row) => Math.hypot(...row))
      .find((length) => Math.abs(length - 1) > slack);
    return value === undefined ? undefined : { value, of: 'a row of length' };
  },
};

/** Cholesky factors of correlation matrices: lower triangular, with a positive diagonal and rows of length 1. */
export const corrCholesky: CorrCholesky = {
  ...factors,
  closure: factors,
  kind: 'corrCholesky',
  name: 'Cholesky factors of correlations',
  eventRank: 2,
  isDiscrete: false,
  isWithin: ({ kind }) => kind === 'corrCholesky',
  some: (shape) => tf.add(tf.eye(shape.at(-1) ?? 1), tf.zeros([...shape])),
  free: (size) => {
    const k = sideOf(size);
    return Array.from({ length: size }, (_, i) => i).filter((i) => i % k < Math.floor(i / k));
  },
  room: (event) => {
    const k = sideOf(event.length);
    return Math.min(...event.filter((_, i) => i % k === Math.floor(i / k)));
  },
  bijector: () => corrCholeskyBijector,
};

const orderOf = (shape: Shape): number => {
  const count = shape.at(-1) ?? 0;
  const k = Math.round((Math.sqrt(8 * count + 1) + 1) / 2);
  if (k < 2 || (k * (k - 1)) / 2 !== count) {
    throw new RangeError(
      `corrCholesky: expected k(k-1)/2 numbers along the last axis, but got shape ` +
        `${showShape(shape)}; give 1, 3, 6, 10, … of them, one below the diagonal each.`,
    );
  }
  return k;
};

/** log(1 − tanh² x). */
const logRest = (x: Tensor): Tensor => {
  const twice = tf.mul(x, 2);
  return tf.add(tf.add(logSigmoid(twice), logSigmoid(tf.neg(twice))), 2 * Math.LN2);
};

/** How often the logarithm of what an entry leaves of its row is in the determinant. */
const shareInVolume = (k: number): readonly number[] =>
  Array.from({ length: k }, (_, i) => i).flatMap((i) =>
    Array.from({ length: i }, (_, j) => 1 + (i - 1 - j) / 2),
  );

/**
 * The bijector onto Cholesky factors of correlation matrices: with r = tanh x, L_ij = r_ij ∏_{l < j} √(1 − r_il²)
 * below the diagonal; log |det J| over the entries there is Σ (1 + (i − 1 − j) / 2) log(1 − r_ij²).
 *
 * @example
 * ```ts
 * const correlated = bijectors.corrCholesky.forward(asTensor([Math.atanh(0.6)]));
 * correlated.arraySync(); // [[1, 0], [0.6, 0.8]]
 * ```
 */
export const corrCholeskyBijector: Bijector<CorrCholesky> = {
  name: 'corrCholesky',
  key: 'corrCholesky',
  codomain: corrCholesky,
  parameters: [],
  inputRank: 1,
  forward: (x) => {
    const k = orderOf(x.shape);
    const shares = tf.add(strictlyLower(tf.tanh(x), k), tf.eye(k));
    const rest = strictlyLower(logRest(x), k);
    const before = tf.cumsum(rest, rest.rank - 1, true);
    return tf.mul(shares, tf.exp(tf.mul(before, 0.5)));
  },
  inverse: (y) => {
    const squares = tf.square(y);
    const rest = strictlyLowerEntries(tf.cumsum(squares, y.rank - 1, true, true));
    return tf.asinh(tf.div(strictlyLowerEntries(y), tf.sqrt(rest)));
  },
  logAbsDetJacobian: (x) => {
    const shares = tf.tensor1d([...shareInVolume(orderOf(x.shape))]);
    return tf.sum(tf.mul(logRest(x), shares), -1);
  },
  inputShape: (output) => {
    const k = output.at(-1) ?? 1;
    return [...output.slice(0, -2), (k * (k - 1)) / 2];
  },
  outputShape: (input) => {
    const k = orderOf(input);
    return [...input.slice(0, -1), k, k];
  },
};

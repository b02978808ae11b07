/**
 * Cholesky factors, and the map onto them: the first k of k(k+1)/2 real numbers are the logs of the
 * diagonal, the rest the strictly lower entries row by row.
 */
import * as tf from '@tensorflow/tfjs';
import type { Domain } from '../checks/domain.js';
import type { Shape } from '../tensors/noise.js';
import {
  diagonal,
  diagonalMatrix,
  strictlyLower,
  strictlyLowerEntries,
} from '../numerics/linear-algebra.js';
import type { Bijector, ContinuousSupport } from './support.js';
import { showShape } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

/** Lower-triangular matrices with a positive diagonal. */
export interface LowerCholesky extends ContinuousSupport<'lowerCholesky'> {
  readonly kind: 'lowerCholesky';
}

const factors: Domain = {
  words: 'lower triangular with a positive diagonal',
  cure: 'give logScale and lower, or a param with { support: lowerCholesky }',
  rank: 2,
  entry: (x, row, column) =>
    row < column ? x === 0 : Number.isFinite(x) && (row > column || x > 0),
};

/** Lower-triangular matrices with a positive diagonal. */
export const lowerCholesky: LowerCholesky = {
  ...factors,
  closure: factors,
  kind: 'lowerCholesky',
  name: 'lower-triangular with positive diagonal',
  eventRank: 2,
  isDiscrete: false,
  isWithin: ({ kind }) => kind === 'lowerCholesky',
  some: (shape) => tf.add(tf.eye(shape.at(-1) ?? 1), tf.zeros([...shape])),
  free: (size) => {
    const k = Math.round(Math.sqrt(size));
    return Array.from({ length: size }, (_, i) => i).filter((i) => i % k <= Math.floor(i / k));
  },
  room: (event) => {
    const k = Math.round(Math.sqrt(event.length));
    return Math.min(...event.filter((_, i) => i % k === Math.floor(i / k)));
  },
  bijector: () => lowerCholeskyBijector,
};

const orderOf = (shape: Shape): number => {
  const count = shape[shape.length - 1] ?? 0;
  const k = Math.round((Math.sqrt(8 * count + 1) - 1) / 2);
  if (k < 1 || (k * (k + 1)) / 2 !== count) {
    throw new RangeError(
      `lowerCholesky: expected k(k+1)/2 numbers along the last axis, but got shape ` +
        `${showShape(shape)}; give 1, 3, 6, 10, … of them: k log diagonals, then the lower entries.`,
    );
  }
  return k;
};

const part = (x: Tensor, from: number, count: number): Tensor =>
  tf.slice(x, [...x.shape.slice(0, -1).map(() => 0), from], [...x.shape.slice(0, -1), count]);

const logDiagonal = (x: Tensor): Tensor => part(x, 0, orderOf(x.shape));

/**
 * The bijector onto Cholesky factors; log |det J| = Σ log diag.
 *
 * @example
 * ```ts
 * bijectors.lowerCholesky.forward(asTensor([0, 0, 3])).arraySync(); // [[1, 0], [3, 1]]
 * ```
 */
export const lowerCholeskyBijector: Bijector<LowerCholesky> = {
  name: 'lowerCholesky',
  key: 'lowerCholesky',
  codomain: lowerCholesky,
  parameters: [],
  inputRank: 1,
  forward: (x) => {
    const k = orderOf(x.shape);
    return tf.add(
      diagonalMatrix(tf.exp(logDiagonal(x))),
      strictlyLower(part(x, k, (k * (k - 1)) / 2), k),
    );
  },
  inverse: (y) => tf.concat([tf.log(diagonal(y)), strictlyLowerEntries(y)], -1),
  logAbsDetJacobian: (x) => tf.sum(logDiagonal(x), -1),
  inputShape: (output) => {
    const k = output[output.length - 1] ?? 1;
    return [...output.slice(0, -2), (k * (k + 1)) / 2];
  },
  outputShape: (input) => {
    const k = orderOf(input);
    return [...input.slice(0, -1), k, k];
  },
};

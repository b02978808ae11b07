/**
 * The simplex, and stick breaking: K − 1 real numbers onto K probabilities.
 *
 * With offsets o_i = log(K − 1 − i) and v_i = sigmoid(x_i − o_i), the probabilities are
 * y_i = v_i ∏_{j<i} (1 − v_j), and x = 0 is the centre of the simplex. Everything is kept as logs.
 * Source: Stan Reference Manual, section "Unit simplex".
 */
import * as tf from '@tensorflow/tfjs';
import { SHARES_CURE, closedSimplex, sumsToOne } from '../checks/domain.js';
import { SMALLEST, off } from '../checks/off-bounds.js';
import { logSigmoid } from '../numerics/special.js';
import type { Bijector, ContinuousSupport } from './support.js';
import type { Tensor } from '../tensors/tensor.js';

/** Vectors whose entries are positive and sum to one. */
export interface Simplex extends ContinuousSupport<'simplex'> {
  readonly kind: 'simplex';
}

/** Vectors whose entries are positive and sum to one. */
export const simplex: Simplex = {
  kind: 'simplex',
  name: 'simplex',
  words: 'positive shares that sum to 1',
  cure: SHARES_CURE,
  rank: 1,
  eventRank: 1,
  isDiscrete: false,
  closure: closedSimplex,
  entry: (x) => x > 0 && x < Infinity,
  together: sumsToOne,
  isWithin: ({ kind }) => kind === 'simplex',
  some: (shape) => tf.fill([...shape], 1 / (shape.at(-1) ?? 1)),
  free: (size) => Array.from({ length: size - 1 }, (_, i) => i),
  room: (event) => Math.min(...event),
  bijector: () => stickBreaking,
  offBounds: (y) => off(y, 0, SMALLEST, 1),
};
const offset = (x: Tensor): Tensor => {
  const n = x.shape[x.rank - 1] ?? 0;
  return tf.sub(x, tf.tensor1d(Array.from({ length: n }, (_, i) => Math.log(n - i))));
};

/** log of the stick that is left before each break, and after the last: `[..., K]`. */
const logRemaining = (breaks: Tensor): Tensor =>
  tf.concat(
    [
      tf.zerosLike(tf.sum(breaks, -1, true)),
      // `tf.cumsum` takes a negative axis, but permutes the axes wrongly for it.
      tf.cumsum(logSigmoid(tf.neg(breaks)), breaks.rank - 1),
    ],
    -1,
  );

const logForward = (x: Tensor): Tensor => {
  const breaks = offset(x);
  const taken = tf.concat([logSigmoid(breaks), tf.zerosLike(tf.sum(breaks, -1, true))], -1);
  return tf.add(taken, logRemaining(breaks));
};

/**
 * The stick-breaking bijector; log |det J| = Σ_i (log y_i + log(1 − v_i)).
 *
 * @example
 * ```ts
 * bijectors.stickBreaking.forward(asTensor([0, 0])).arraySync(); // [1 / 3, 1 / 3, 1 / 3]
 * ```
 */
export const stickBreaking: Bijector<Simplex> = {
  name: 'stickBreaking',
  key: 'stickBreaking',
  codomain: simplex,
  parameters: [],
  inputRank: 1,
  forward: (x) => tf.exp(logForward(x)),
  inverse: (y) => {
    const n = (y.shape[y.rank - 1] ?? 1) - 1;
    const start = y.shape.map(() => 0);
    const head = tf.slice(y, start, [...y.shape.slice(0, -1), n]);
    // Sums from the right keep small remainders exact where 1 − cumsum(y) would cancel.
    const rest = tf.slice(tf.cumsum(y, y.rank - 1, true, true), start, [
      ...y.shape.slice(0, -1),
      n,
    ]);
    const offsets = tf.tensor1d(Array.from({ length: n }, (_, i) => Math.log(n - i)));
    return tf.add(tf.sub(tf.log(head), tf.log(rest)), offsets);
  },
  logAbsDetJacobian: (x) => {
    const breaks = offset(x);
    const n = x.shape[x.rank - 1] ?? 0;
    const logY = tf.slice(
      logForward(x),
      x.shape.map(() => 0),
      [...x.shape.slice(0, -1), n],
    );
    return tf.sum(tf.add(logY, logSigmoid(tf.neg(breaks))), -1);
  },
  inputShape: (output) => [...output.slice(0, -1), (output[output.length - 1] ?? 1) - 1],
  outputShape: (input) => [...input.slice(0, -1), (input[input.length - 1] ?? 0) + 1],
};

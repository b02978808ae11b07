/** What is new in each number of an autoregressive series, and what an innovation brings about. */
import * as tf from '@tensorflow/tfjs';
import { broadcastAll, dropLast } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';
import { lagged, recurrence } from './recurrence.js';

/** Coefficients, the first that of the number before, and the numbers before a series, the latest last. */
export interface Lags {
  readonly coefficients: Tensor;
  readonly initial: Tensor;
}

/** Σ_k φ_k z_{t − k} at each place of a series that goes on from `initial`. */
const expected = ({ coefficients, initial }: Lags, series: Tensor): Tensor => {
  const left = broadcastAll('a series', [dropLast(initial.shape, 1), dropLast(series.shape, 1)]);
  const wide = (x: Tensor): Tensor => expandTo(x, [...left, ...x.shape.slice(-1)]);
  const before = lagged(
    tf.concat([wide(initial), wide(series)], -1),
    coefficients.shape.at(-1) ?? 1,
  );
  return tf.sum(tf.mul(before, tf.expandDims(coefficients, -2)), -1);
};

/** z_t − Σ_k φ_k z_{t − k}. */
export const innovationsOf = (lags: Lags, series: Tensor): Tensor =>
  tf.sub(series, expected(lags, series));

/** What the numbers before a series add to its first ones. */
export const fromBefore = (lags: Lags, steps: number): Tensor => expected(lags, tf.zeros([steps]));

/** What an innovation of 1 is to itself and to the numbers after it. */
export const impulseOf = (coefficients: Tensor, steps: number): Tensor =>
  recurrence(coefficients, tf.tensor1d(Array.from({ length: steps }, (_, t) => Number(t === 0))));

/** Linear recurrences as a kernel: banded triangular systems with one row, whatever their length, in double precision. */
import * as tf from '@tensorflow/tfjs';
import { type HostKernel, runHostKernel } from '../../tensors/host-kernel.js';
import { broadcastAll, dropLast } from '../../tensors/shape.js';
import { type Tensor, expandTo } from '../../tensors/tensor.js';

/** Of a series whose first `order` values are before its start, those 1, 2, … `order` before each: `[..., n, order]`. */
export const lagged = (series: Tensor, order: number): Tensor => {
  const n = (series.shape.at(-1) ?? order) - order;
  const left = dropLast(series.shape, 1);
  const from = (k: number): Tensor =>
    tf.slice(series, [...left.map(() => 0), order - k], [...left, n]);
  return tf.stack(
    Array.from({ length: order }, (_, k) => from(k + 1)),
    -1,
  );
};

const reversed = (x: Tensor): Tensor => tf.reverse(x, [x.rank - 1]);

/** Zeros before the start of a series. */
const padded = (x: Tensor, order: number): Tensor =>
  tf.concat([tf.zeros([...dropLast(x.shape, 1), order]), x], -1);

/**
 * The kernel of `recurrence`: inputs `coefficients` and `e`. ē is the recurrence of z̄ backwards, and φ̄_k = Σ_t ē_t z_{t − k}.
 */
export const RECURRENCE: HostKernel = {
  name: 'LinearRecurrence',
  inputs: ['coefficients', 'e'],
  work: (_, [of = [], shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([coefficients = [], e = []], out) => {
      const order = of.at(-1) ?? 0;
      const n = shape.at(-1) ?? 0;
      const z = new Float64Array(n);
      for (let series = 0; series * n < e.length; series += 1) {
        for (let t = 0; t < n; t += 1) {
          let sum = e[series * n + t] ?? 0;
          for (let k = 1; k <= Math.min(order, t); k += 1) {
            sum += (coefficients[series * order + k - 1] ?? 0) * (z[t - k] ?? 0);
          }
          z[t] = sum;
          out[series * n + t] = sum;
        }
      }
    },
  }),
  gradient: (dz, [coefficients = dz, , z = dz]) => {
    const e = (): Tensor => reversed(recurrence(coefficients, reversed(dz)));
    const order = coefficients.shape.at(-1) ?? 1;
    return {
      e,
      coefficients: () =>
        tf.sum(tf.mul(lagged(padded(z, order), order), tf.expandDims(e(), -1)), -2),
    };
  },
};

/**
 * z with z_t = e_t + Σ_k φ_k z_{t − k} and zeros before its start, for `coefficients` φ `[..., p]` and `e` `[..., n]`. Left
 * axes broadcast.
 */
export const recurrence = (coefficients: Tensor, e: Tensor): Tensor => {
  const left = broadcastAll('a recurrence', [
    dropLast(coefficients.shape, 1),
    dropLast(e.shape, 1),
  ]);
  return runHostKernel(RECURRENCE, {
    coefficients: expandTo(coefficients, [...left, ...coefficients.shape.slice(-1)]),
    e: expandTo(e, [...left, ...e.shape.slice(-1)]),
  });
};

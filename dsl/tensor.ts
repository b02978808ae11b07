/** Values of the language are TensorFlow.js tensors; numbers and nested arrays are lifted. */
import * as tf from '@tensorflow/tfjs';
import type { Shape } from './noise.js';
import { lastAxes, sameShape } from './shape.js';

export type Tensor = tf.Tensor;

/** Anything that stands for a tensor. */
export type TensorLike = Tensor | number | readonly number[] | readonly (readonly number[])[];

/**
 * Lifts a number or a nested array to a float32 tensor; a tensor is returned as it is.
 *
 * @example
 * ```ts
 * asTensor([1, 2]).shape; // [2]
 * ```
 */
export const asTensor = (value: TensorLike): Tensor => {
  if (value instanceof tf.Tensor) return value;
  if (typeof value === 'number') return tf.scalar(value);
  const rows: (number | number[])[] = value.map((v) => (typeof v === 'number' ? v : [...v]));
  return rows.every((r) => typeof r === 'number')
    ? tf.tensor1d(rows.filter((r) => typeof r === 'number'))
    : tf.tensor2d(rows.filter((r) => typeof r !== 'number'));
};

/** Sums the last `n` axes; with `n = 0` the tensor itself. */
export const sumLast = (x: Tensor, n: number): Tensor =>
  n === 0 ? x : tf.sum(x, lastAxes(x.rank, n));

/** Broadcasts by addition: `tf.broadcastTo` tiles, which is many times slower on `wasm`. */
export const expandTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : tf.add(x, tf.zeros([...shape]));

/** Values of the language are TensorFlow.js tensors; numbers, booleans and arrays of them are lifted. */
import * as tf from '@tensorflow/tfjs';
import { type NestedNumbers, flattened, refuse } from './nested.js';
import type { Shape } from './noise.js';
import { lastAxes, sameShape } from './shape.js';

export type Tensor = tf.Tensor;

/** Anything that stands for a tensor. */
export type TensorLike = Tensor | NestedNumbers;

const holdsNumbers = ({ dtype }: Tensor): boolean =>
  dtype === 'float32' || dtype === 'int32' || dtype === 'bool';

/** The tensor itself, whatever its type, or a float32 tensor of numbers; `where`, for messages. */
export const lifted = (value: TensorLike, where: string): Tensor => {
  if (value instanceof tf.Tensor) return holdsNumbers(value) ? value : refuse(value, where);
  if (typeof value === 'number') return tf.scalar(value);
  const { values, shape } = flattened(value, where);
  return tf.tensor(values, [...shape]);
};

/** The tensor as numbers to compute with; one of float32 is returned as it is. */
export const asFloat = (x: Tensor): Tensor => (x.dtype === 'float32' ? x : tf.cast(x, 'float32'));

/**
 * Lifts numbers, booleans, typed arrays, and arrays of them nested to any depth, to a float32 tensor.
 *
 * - A tensor of float32 is returned as it is; one of int32 or bool is cast.
 * - Errors: rows of different shapes, or what holds no numbers, throw a `SiteError` that says what
 *   came: a program, for one, where `yield*` was forgotten. `where` is the site, for its message.
 *
 * @example
 * ```ts
 * asTensor([1, 2]).shape; // [2]
 * asTensor([[[true]], [[false]]]).arraySync(); // [[[1]], [[0]]]
 * asTensor(Int32Array.of(3, 4)).dtype; // 'float32'
 * ```
 */
export const asTensor = (value: TensorLike, where = 'value'): Tensor =>
  asFloat(lifted(value, where));

/** Sums the last `n` axes; with `n = 0` the tensor itself. */
export const sumLast = (x: Tensor, n: number): Tensor =>
  n === 0 ? x : tf.sum(x, lastAxes(x.rank, n));

/** Broadcasts by addition: `tf.broadcastTo` tiles, which is many times slower on `wasm`. */
export const expandTo = (x: Tensor, shape: Shape): Tensor =>
  sameShape(x.shape, shape) ? x : tf.add(x, tf.zeros([...shape]));

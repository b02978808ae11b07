/**
 * Comparisons as numbers, 0 and 1 of float32, with gradient zero, which is the derivative almost everywhere. In
 * the place of the truth of `tf.greater` and the like they can be added and multiplied.
 */
import * as tf from '@tensorflow/tfjs';
import { withGradients, withoutGradient } from './gradient.js';
import { broadcastAll } from './shape.js';
import { type Tensor, asFloat, expandTo } from './tensor.js';

// The two sides are compared as they are: a difference would be NaN for equal infinities.
const indicator =
  (test: (a: Tensor, b: Tensor) => Tensor) =>
  (a: Tensor, b: Tensor): Tensor =>
    withoutGradient([a, b], () => tf.cast(test(a, b), 'float32'));

/**
 * 1 where a > b, else 0, with zero gradient.
 *
 * @example
 * ```ts
 * greater(asTensor([1, 2]), tf.scalar(1)).arraySync(); // [0, 1]
 * ```
 */
export const greater = indicator(tf.greater);

/**
 * 1 where a ≥ b, else 0, with zero gradient.
 *
 * @example
 * ```ts
 * greaterEqual(asTensor([0, 1, 2]), tf.scalar(1)).arraySync(); // [0, 1, 1]
 * ```
 */
export const greaterEqual = indicator(tf.greaterEqual);

/**
 * 1 where a < b, else 0, with zero gradient.
 *
 * @example
 * ```ts
 * less(asTensor([0, 1]), tf.scalar(1)).arraySync(); // [1, 0]
 * ```
 */
export const less = indicator(tf.less);

/**
 * 1 where a = b, else 0, with zero gradient; infinities equal themselves and NaN nothing.
 *
 * @example
 * ```ts
 * equal(asTensor([Infinity, NaN]), asTensor([Infinity, NaN])).arraySync(); // [1, 0]
 * ```
 */
export const equal = indicator(tf.equal);

/**
 * 1 where a ≠ b, else 0, with zero gradient; NaN differs from everything.
 *
 * @example
 * ```ts
 * unequal(asTensor([0, 2, NaN]), tf.scalar(0)).arraySync(); // [0, 1, 1]
 * ```
 */
export const unequal = indicator(tf.notEqual);

/**
 * `yes` where `condition` is not 0, `no` where it is, all three broadcast; the condition carries no
 * gradient, and what was not chosen gets gradient 0.
 *
 * @example
 * ```ts
 * choose(asTensor([1, 0]), tf.scalar(5), tf.scalar(7)).arraySync(); // [5, 7]
 * const twice = (x: Tensor) => tf.sum(choose(asTensor([2, 0]), x, tf.scalar(7)));
 * grad(twice)(asTensor([5, 5])).arraySync(); // [1, 0]
 * ```
 */
export const choose = (condition: Tensor, yes: Tensor, no: Tensor): Tensor => {
  // `tf.where` broadcasts by tiling, whose gradient stops at four axes.
  const shape = broadcastAll('choose', [condition.shape, yes.shape, no.shape]);
  // Backends take the type of the first for that of both: WebAssembly reads past the end of the other.
  const alike = (x: Tensor): Tensor => (yes.dtype === no.dtype ? x : asFloat(x));
  return withGradients(
    [expandTo(condition, shape), expandTo(alike(yes), shape), expandTo(alike(no), shape)],
    // Compared with 0, because a cast to `bool` keeps the lowest eight bits on WebAssembly.
    ([c = condition, y = yes, n = no]) => tf.where(tf.notEqual(c, tf.scalar(0)), y, n),
    (dy, [c = condition]) => {
      const chosen = unequal(c, tf.scalar(0));
      return [tf.zerosLike(dy), tf.mul(dy, chosen), tf.mul(dy, tf.sub(1, chosen))];
    },
  );
};

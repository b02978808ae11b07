/** Operations with a gradient of their own. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from './tensor.js';

/**
 * y = forward(x₁, x₂, …) with the vector-Jacobian products given by hand.
 *
 * `backward(dy, xs)` returns the gradients with respect to the inputs, in their shapes. The inputs
 * are arguments, never closures, so that the dependence of y on them stays visible.
 */
export const withGradients = (
  inputs: readonly Tensor[],
  forward: (inputs: readonly Tensor[]) => Tensor,
  backward: (dy: Tensor, inputs: readonly Tensor[]) => readonly Tensor[],
): Tensor =>
  tf.customGrad((...args) => {
    const xs = args.filter((x) => x instanceof tf.Tensor);
    // The last argument is what saves tensors for the way back.
    args.filter((f) => typeof f === 'function').forEach((save) => save(xs));
    return {
      value: forward(xs),
      gradFunc: (dy: Tensor, saved: Tensor[]) => [...backward(dy, saved)],
    };
  })(...inputs);

/**
 * y = forward(x) with the vector-Jacobian product given by hand.
 *
 * `backward(dy, x)` returns the gradient with respect to x. `x` is an argument, never a closure,
 * so that the dependence of y on x stays visible.
 *
 * @example
 * ```ts
 * const straightThrough = (x: Tensor) =>
 *   withGradient(
 *     x,
 *     (v) => tf.round(v),
 *     (dy) => dy,
 *   );
 * straightThrough(tf.scalar(0.3)).dataSync()[0]; // 0
 * grad(straightThrough)(tf.scalar(0.3)).dataSync()[0]; // 1
 * ```
 */
export const withGradient = (
  x: Tensor,
  forward: (x: Tensor) => Tensor,
  backward: (dy: Tensor, x: Tensor) => Tensor,
): Tensor =>
  withGradients(
    [x],
    ([v = x]) => forward(v),
    (dy, [v = x]) => [backward(dy, v)],
  );

/**
 * y = forward(inputs) with gradient zero: for steps, choices and indices, whose derivative is zero
 * almost everywhere. The dependence stays visible.
 */
export const withoutGradient = (
  inputs: readonly Tensor[],
  forward: (inputs: readonly Tensor[]) => Tensor,
): Tensor => withGradients(inputs, forward, (_, xs) => xs.map((x) => tf.zerosLike(x)));

/**
 * The same value, with gradient zero. The engine still sees which sites a value came from.
 *
 * @example
 * ```ts
 * grad((x: Tensor) => tf.mul(x, stopGradient(x)))(tf.scalar(3)).dataSync()[0]; // 3
 * ```
 */
export const stopGradient = (x: Tensor): Tensor => withoutGradient([x], ([v = x]) => tf.clone(v));

/** The same value, of which it is not known where it came from: a constant, which programs may index with. */
export const cutOff = (x: Tensor): Tensor => withoutGradient([], () => tf.clone(x));

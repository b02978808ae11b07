/** Layers: functions of a tensor that give a program, or a tensor where they have no parameters. */
import * as tf from '@tensorflow/tfjs';
import type { Shape } from '../tensors/noise.js';
import { type Program, isProgram, program } from '../program/program.js';
import { dropLast, showShape, takeLast } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

/** A layer that visits the sites `E`: parameters, as a rule. */
export type Layer<E = unknown> = (x: Tensor) => Program<E, Tensor> | Tensor;

/** The sites of a layer. */
type SitesOf<L> = L extends (x: Tensor) => infer R
  ? R extends Program<infer E, Tensor>
    ? E
    : never
  : never;

/** The length of the last axis of an input whose last axes are these; throws where it has not so many. */
export const lastOf = (who: string, x: Tensor, event: readonly string[]): number => {
  const last = x.shape[x.rank - 1];
  if (x.rank >= event.length && last !== undefined) return last;
  throw new RangeError(
    `${who}: expected an input of shape [..., ${event.join(', ')}], but got ${
      x.rank === 0 ? 'a single number' : showShape(x.shape)
    }; add an axis with tf.expandDims(x, -1), or make several of one by unflatten.`,
  );
};

/** Applies a function of a batch `[rows, ...event]` to `x` under any number of left axes. */
export const overRows = (
  who: string,
  x: Tensor,
  event: readonly string[],
  f: (rows: Tensor) => Tensor,
): Tensor => {
  lastOf(who, x, event);
  const left = dropLast(x.shape, event.length);
  if (left.length === 1) return f(x);
  const y = f(tf.reshape(x, [-1, ...takeLast(x.shape, event.length)]));
  return tf.reshape(y, [...left, ...y.shape.slice(1)]);
};

/**
 * Layers one after another.
 *
 * @example
 * ```ts
 * const net = sequential(flatten(2), dense('hidden', { units: 4 }), tf.relu);
 * simulate(net(tf.ones([5, 3, 2])), { key: key(0) }).shape; // [5, 4]
 * ```
 */
export function sequential<const L extends readonly Layer[]>(
  ...layers: L
): (x: Tensor) => Program<SitesOf<L[number]>, Tensor>;
export function sequential(...layers: readonly Layer[]): (x: Tensor) => Program<unknown, Tensor> {
  return (x) =>
    program(function* () {
      let h = x;
      for (const layer of layers) {
        const made = layer(h);
        h = isProgram(made) ? yield* made : made;
      }
      return h;
    });
}

/**
 * The last `axes` axes as one, as before a dense layer: of `[..., height, width, channels]` one of features.
 *
 * @example
 * ```ts
 * flatten(2)(tf.tensor([[[1, 2], [3, 4]]])).arraySync(); // [[1, 2, 3, 4]]
 * ```
 */
export const flatten =
  (axes: number) =>
  (x: Tensor): Tensor =>
    tf.reshape(x, [...dropLast(x.shape, axes), takeLast(x.shape, axes).reduce((a, b) => a * b, 1)]);

/**
 * The last axis as several, as after a dense layer.
 *
 * @example
 * ```ts
 * unflatten([2, 2])(tf.tensor([[1, 2, 3, 4]])).arraySync(); // [[[1, 2], [3, 4]]]
 * ```
 */
export const unflatten =
  (shape: Shape) =>
  (x: Tensor): Tensor =>
    tf.reshape(x, [...dropLast(x.shape, 1), ...shape]);

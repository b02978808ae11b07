/** Elements of one axis. */
import * as tf from '@tensorflow/tfjs';
import type { Shape } from './noise.js';
import type { Tensor } from './tensor.js';

const place = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** A shape with another length of one axis; one below 0 counts from the last. */
export const withLength = (shape: Shape, axis: number, length: number): number[] =>
  shape.with(place(axis, shape.length), length);

/** `count` elements from `from` on; an axis below 0 counts from the last. */
export const along = (x: Tensor, axis: number, from: number, count: number): Tensor => {
  const at = place(axis, x.rank);
  return x.shape[at] === count
    ? x
    : tf.slice(
        x,
        x.shape.map((_, i) => (i === at ? from : 0)),
        x.shape.map((n, i) => (i === at ? count : n)),
      );
};

/** One element, without the axis. */
export const elementAlong = (x: Tensor, axis: number, at: number): Tensor =>
  tf.squeeze(along(x, axis, at, 1), [place(axis, x.rank)]);

/** All elements but the first. */
export const tailAlong = (x: Tensor, axis: number): Tensor =>
  along(x, axis, 1, (x.shape.at(axis) ?? 1) - 1);

/** All elements but the last. */
export const initAlong = (x: Tensor, axis: number): Tensor =>
  along(x, axis, 0, (x.shape.at(axis) ?? 1) - 1);

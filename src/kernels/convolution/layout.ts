/** Images by their axes: channels last or second, and draws joined with one of them. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import type { Attributes, Value } from '../kernel.js';

const range = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** Draws, which are the first axis, joined with another; axes are counted without them. */
export const joined = (x: Tensor, axis: number): Tensor => {
  const [size = 1, ...shape] = x.shape;
  const moved =
    axis === 0 ? x : tf.transpose(x, [...range(1, axis + 1), 0, ...range(axis + 1, x.rank)]);
  return tf.reshape(moved, shape.with(axis, size * (shape[axis] ?? 1)));
};

/** Draws that were joined with an axis, as the first axis again. */
export const parted = (x: Tensor, axis: number, size: number): Tensor => {
  const own = (x.shape[axis] ?? 1) / size;
  const apart = tf.reshape(x, x.shape.toSpliced(axis, 1, size, own));
  return axis === 0
    ? apart
    : tf.transpose(apart, [axis, ...range(0, axis), ...range(axis + 1, apart.rank)]);
};

/** Images with channels last. */
export const withChannelsLast = (x: Tensor, isLast: boolean): Tensor =>
  isLast ? x : tf.transpose(x, [0, ...range(2, x.rank), 1]);

/** Images with channels last, as they were. */
export const channelsBack = (x: Tensor, isLast: boolean): Tensor =>
  isLast ? x : tf.transpose(x, [0, x.rank - 1, ...range(1, x.rank - 1)]);

/** Which axis of an image has the channels. */
export const channelAxis = ({ dataFormat }: Attributes, { shape }: Value): number =>
  dataFormat === 'NCHW' ? 1 : shape.length - 1;

/** A shape with an axis as many times as there are draws. */
export const timesAt = (shape: Shape, axis: number, size: number): Shape =>
  shape.with(axis, size * (shape[axis] ?? 1));

/** How systems of a matrix are batched. */
import * as tf from '@tensorflow/tfjs';
import type { BatchRule } from '../kernel.js';

/** A matrix that all draws share is read once: their rows, the input `b`, are joined. */
export const bySharedMatrix =
  (matrix: string): BatchRule =>
  ({ at, isBatched, spread, value, size, again, attributes }) => {
    if (isBatched(matrix)) return again({ [matrix]: at(matrix), b: spread('b') }, attributes);
    const b = at('b');
    const { shape } = value('b');
    const [m = 1, k = 1] = shape.slice(-2);
    const left = shape.slice(0, -2);
    const axes = left.map((_, i) => i);
    const inward = [...axes.map((i) => i + 1), 0, left.length + 1, left.length + 2];
    const outward = [left.length, ...axes, left.length + 1, left.length + 2];
    const joined = tf.reshape(tf.transpose(b, inward), [...left, size * m, k]);
    const [x = joined] = again({ [matrix]: at(matrix), b: joined }, attributes);
    return tf.transpose(tf.reshape(x, [...left, size, m, k]), outward);
  };

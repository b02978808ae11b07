/**
 * Series side by side: those of one law differ in their numbers alone, not in what is known of how they vary. So
 * they are the columns of one matrix at each step, and what all share is computed once.
 */
import * as tf from '@tensorflow/tfjs';
import { broadcastAll, dropLast, takeLast } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import type { Shape } from '../tensors/noise.js';

/** `[...left, ...batch, steps, size]` as `[...batch, steps, size, columns]`, and numbers of columns back. */
export interface Columns {
  readonly columns: Tensor;
  /** `[...batch, ...rest, columns]` as `[...left, ...batch, ...rest]`. */
  readonly back: (x: Tensor) => Tensor;
}

export const columnsOf = (x: Tensor, batchShape: Shape): Columns => {
  const event = takeLast(x.shape, 2);
  const whole = expandTo(
    x,
    broadcastAll('columns', [dropLast(x.shape, 2), batchShape]).concat(event),
  );
  const depth = whole.rank - 2 - batchShape.length;
  const left = whole.shape.slice(0, depth);
  const kept = whole.shape.slice(depth);
  const leftAxes = left.map((_, i) => i);
  const moved =
    depth === 0 ? whole : tf.transpose(whole, [...kept.map((_, i) => depth + i), ...leftAxes]);
  return {
    columns: tf.reshape(moved, [...kept, left.reduce((a, b) => a * b, 1)]),
    back: (y) => {
      const own = dropLast(y.shape, 1);
      const apart = tf.reshape(y, [...own, ...left]);
      return depth === 0
        ? apart
        : tf.transpose(apart, [...leftAxes.map((i) => own.length + i), ...own.map((_, i) => i)]);
    },
  };
};

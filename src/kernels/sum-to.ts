/** Broadcasting undone: what was used many times has the sum of its uses for an adjoint. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../dsl/index.js';
import { sameShape } from '../../dsl/tensors/shape.js';

/** x, of a shape that `shape` broadcasts to, summed over the axes along which it does. */
export const sumTo = (x: Tensor, shape: Shape): Tensor => {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((n, i) =>
    i < lead || (shape[i - lead] === 1 && n !== 1) ? [i] : [],
  );
  const summed = axes.length === 0 ? x : tf.sum(x, axes);
  return tf.reshape(summed, [...shape]);
};

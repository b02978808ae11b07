/** One axis moved to another place, the others in their order. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';

export const movedAxis = (x: Tensor, from: number, to: number): Tensor => {
  if (from === to) return x;
  const others = x.shape.flatMap((_, axis) => (axis === from ? [] : [axis]));
  return tf.transpose(x, others.toSpliced(to, 0, from));
};

/** Which of two numbers an extreme is, as the part of its derivative that is its own. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';

/** 1 where x is taken rather than other, ½ where they are equal, else 0. */
export const shareOf = (
  isTaken: (x: Tensor, other: Tensor) => Tensor,
  x: Tensor,
  other: Tensor,
): Tensor =>
  tf.add(
    tf.cast(isTaken(x, other), 'float32'),
    tf.mul(tf.cast(tf.equal(x, other), 'float32'), 0.5),
  );

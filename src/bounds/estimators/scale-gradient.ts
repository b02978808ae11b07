import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { withGradients } from '../../../dsl/tensors/gradient.js';

/** The same numbers, their gradient multiplied by `factor`, which broadcasts to `x` and gets none. */
export const scaleGradient = (x: Tensor, factor: Tensor): Tensor =>
  withGradients(
    [x, factor],
    ([v = x]) => tf.clone(v),
    (dy, [, f = factor]) => [tf.mul(dy, f), tf.zerosLike(f)],
  );

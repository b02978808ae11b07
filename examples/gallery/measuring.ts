/** From tensors to numbers, of what an example measures. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, item } from 'marginalia';

/** What `f` returns, which holds no tensor; all that it makes are freed. */
export const measuring = <A>(f: () => A): A => {
  tf.engine().startScope();
  try {
    return f();
  } finally {
    tf.engine().endScope();
  }
};

/** Σ (a − b)² of each row, its mean over rows. */
export const squaredError = (a: Tensor, b: Tensor): number =>
  measuring(() => item(tf.mean(tf.sum(tf.squaredDifference(a, b), -1))));

/** From tensors to numbers, of what an example measures. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';

/** What `f` returns, which holds no tensor; all that it makes are freed. */
export const measuring = <A>(f: () => A): A => {
  tf.engine().startScope();
  try {
    return f();
  } finally {
    tf.engine().endScope();
  }
};

/** The number that a tensor of one number is. */
export const numberOf = (x: Tensor): number => x.dataSync()[0] ?? Number.NaN;

/** Σ (a − b)² of each row, its mean over rows. */
export const squaredError = (a: Tensor, b: Tensor): number =>
  measuring(() => numberOf(tf.mean(tf.sum(tf.squaredDifference(a, b), -1))));

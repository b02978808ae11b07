/** Numbers between two bounds, in a step. */
import * as tf from '@tensorflow/tfjs';
import { greaterEqual } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';

/** 1 for each number from `low` to `high`. A bound that is NaN is computed: the family itself gives −∞ beyond it. */
export const insideBounds = (
  x: Tensor,
  { low, high }: { readonly low: number; readonly high: number },
): Tensor => {
  const above = Number.isNaN(low) ? tf.onesLike(x) : greaterEqual(x, tf.scalar(low));
  const below = Number.isNaN(high) ? tf.onesLike(x) : greaterEqual(tf.scalar(high), x);
  return tf.mul(above, below);
};

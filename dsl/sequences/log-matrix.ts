/**
 * Products of matrices of chances by their logarithms. A series multiplies thousands of them, so each keeps its
 * largest entry at 0 and the rest of its size beside it: entries stay where float32 has digits.
 */
import * as tf from '@tensorflow/tfjs';
import { swapped } from '../numerics/matrices/factors.js';
import { logSumExpLast } from '../numerics/special.js';
import { choose } from '../tensors/comparison.js';
import { withoutGradient } from '../tensors/gradient.js';
import type { Tensor } from '../tensors/tensor.js';

/** log of a matrix is `entries + size`: `[..., k, k]` and `[...]`, with no entry above 0. */
export type LogMatrix = { readonly entries: Tensor; readonly size: Tensor };

/**
 * A matrix by its logarithms. The size carries no gradient: what it takes off the entries it adds again, so a
 * function of both does not change with it.
 */
export const logMatrix = (logs: Tensor, size?: Tensor): LogMatrix => {
  const peak = withoutGradient([logs], ([v = logs]) => {
    const largest = tf.max(v, [-2, -1]);
    return tf.where(tf.isFinite(largest), largest, tf.zerosLike(largest));
  });
  return {
    entries: tf.sub(logs, tf.expandDims(tf.expandDims(peak, -1), -1)),
    size: size === undefined ? peak : tf.add(size, peak),
  };
};

/** Of each row of a and each column of b the sums of their entries, `[..., i, j, k]`. */
const sums = (a: LogMatrix, b: LogMatrix): Tensor =>
  tf.add(tf.expandDims(a.entries, -2), tf.expandDims(swapped(b.entries), -3));

/** log Σ_k exp(a_ik + b_kj): no path is lost, however much likelier another one is. */
export const logProduct = (a: LogMatrix, b: LogMatrix): LogMatrix =>
  logMatrix(logSumExpLast(sums(a, b)), tf.add(a.size, b.size));

/** max_k (a_ik + b_kj): the likeliest way from i to j. */
export const maxProduct = (a: LogMatrix, b: LogMatrix): LogMatrix =>
  logMatrix(tf.max(sums(a, b), -1), tf.add(a.size, b.size));

/** Logarithms of shares along the last axis, of what is given up to a number; where none has a share, still −∞. */
export const shares = (logs: Tensor): Tensor => {
  const total = tf.expandDims(logSumExpLast(logs), -1);
  const isFinite = tf.cast(tf.isFinite(total), 'float32');
  return tf.sub(logs, choose(isFinite, total, tf.zerosLike(total)));
};

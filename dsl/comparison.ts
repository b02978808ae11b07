/**
 * Comparisons that stay off the gradient tape. TensorFlow.js has no gradient for them, so
 * `tf.where(tf.greater(x, 0), …)` fails as soon as x is differentiated; these have gradient zero,
 * which is the derivative almost everywhere.
 */
import * as tf from '@tensorflow/tfjs';
import { withGradient } from './gradient.js';
import type { Tensor } from './tensor.js';

const indicator =
  (test: (difference: Tensor) => Tensor) =>
  (a: Tensor, b: Tensor): Tensor =>
    withGradient(
      tf.sub(a, b),
      (d) => tf.cast(test(d), 'float32'),
      (dy) => tf.zerosLike(dy),
    );

/** 1 where a > b, else 0, with zero gradient. */
export const greater = indicator((d) => tf.greater(d, 0));

/** 1 where a ≥ b, else 0, with zero gradient. */
export const greaterEqual = indicator((d) => tf.greaterEqual(d, 0));

/** 1 where a < b, else 0, with zero gradient. */
export const less = indicator((d) => tf.less(d, 0));

/** 1 where a = b, else 0, with zero gradient. */
export const equal = indicator((d) => tf.equal(d, 0));

/** `yes` where `condition` is 1, `no` where it is 0; the condition carries no gradient. */
export const choose = (condition: Tensor, yes: Tensor, no: Tensor): Tensor =>
  tf.where(
    withGradient(
      condition,
      (c) => tf.cast(c, 'bool'),
      (_, c) => tf.zerosLike(c),
    ),
    yes,
    no,
  );

/** Numbers without pattern, the same every time. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';

export const wave = (shape: readonly number[], from = 1): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(from + i * 1.3),
    ),
    [...shape],
  );

/** Zeros and ones without pattern. */
export const bits = (shape: readonly number[], from = 1): Tensor => {
  const numbers = wave(shape, from).dataSync();
  return tf.tensor(
    Float32Array.from(numbers, (x) => Number(x > 0)),
    [...shape],
  );
};

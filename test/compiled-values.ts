/** What the tests of compiling share: inputs, and how far two tensors lie apart. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Tensor } from '../src/index.js';

/** Numbers without pattern, the same every time. */
export const wave = (shape: readonly number[], seed = 1): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(seed + i * 1.3),
    ),
    [...shape],
  );

/** The largest difference, relative to the largest value; NaN where a value is missing. */
export const gap = (a: Tensor, b: Tensor): number => {
  const [x, y] = [a.dataSync(), b.dataSync()];
  expect(a.shape).toEqual(b.shape);
  const scale = Math.max(1e-3, ...Array.from(y, Math.abs));
  return (
    Math.max(
      0,
      ...Array.from(x, (v, i) => (Object.is(v, y[i]) ? 0 : Math.abs(v - (y[i] ?? Number.NaN)))),
    ) / scale
  );
};

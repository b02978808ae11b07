/** A graph so small that calling it is all that it costs. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { type NumberArrays, at } from '../contenders/arrays.js';
import type { CallCase } from '../case.js';

/** Numbers between −1 and 1 without pattern. */
const waves = (shape: readonly number[], seed: number) => ({
  shape,
  values: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
    Math.sin(seed + 1.7 * i),
  ),
});

/** x, W and b. */
export const tinyInputs = ({ rows, width }: CallCase): NumberArrays => ({
  x: waves([rows, width], 1),
  w: waves([width, width], 2),
  b: waves([width], 3),
});

/** Σ tanh(x W + b). */
export const tiny = (inputs: Readonly<Record<string, Tensor>>): { readonly y: Tensor } => ({
  y: tf.sum(tf.tanh(tf.add(tf.matMul(at(inputs, 'x'), at(inputs, 'w')), at(inputs, 'b')))),
});

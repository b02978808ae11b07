/** Arrays of numbers as plain data: what a random case prints and a tensor is made from. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';

/** A tensor's shape and numbers, row-major. */
export interface Numbers {
  readonly shape: Shape;
  readonly values: readonly number[];
}

/** The float32 tensor of these numbers. */
export const toTensor = ({ shape, values }: Numbers): Tensor =>
  tf.tensor([...values], [...shape], 'float32');

/** A tensor's shape and numbers; waits for the backend. */
export const toNumbers = (x: Tensor): Numbers => ({ shape: x.shape, values: [...x.dataSync()] });

/** The rows of a row-major array: `values` cut into pieces of `width`. */
export const rowsOf = (
  values: ArrayLike<number>,
  width: number,
): readonly (readonly number[])[] => {
  // Pieces of a plain array: those of a typed array would each be a buffer of their own.
  const plain = Array.from(values);
  return Array.from({ length: width === 0 ? 0 : plain.length / width }, (_, row) =>
    plain.slice(row * width, (row + 1) * width),
  );
};

/** The sum, added in double precision. */
export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** The mean, in double precision. */
export const mean = (values: readonly number[]): number => sum(values) / values.length;

/** The mean squared distance from the mean, in double precision. */
export const variance = (values: readonly number[]): number => {
  const centre = mean(values);
  return mean(values.map((v) => (v - centre) ** 2));
};

/** Column `j` of rows. */
export const column = (rows: readonly (readonly number[])[], j: number): readonly number[] =>
  rows.map((row) => row[j] ?? Number.NaN);

/**
 * A weight for each element, in [½, 1½) and never repeating: a weighted sum of all elements then
 * shows an element that moved to another place.
 */
export const distinctWeights = (shape: Shape): Numbers => ({
  shape,
  values: Array.from({ length: sizeOf(shape) }, (_, i) => 0.5 + (((i + 1) * Math.SQRT1_2) % 1)),
});

/** The shapes of maps of vectors by a matrix. */
import type { Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast, showShape } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/**
 * The shape of the images of vectors of some shape. A matrix that is not square, or of another order than
 * `loc`, throws a `RangeError`.
 */
export const squareFor = (
  who: string,
  name: string,
  loc: Tensor,
  matrix: Tensor,
): ((input: Shape) => Shape) => {
  const k = loc.shape.at(-1);
  if (k === undefined || matrix.shape.at(-1) !== k || matrix.shape.at(-2) !== k) {
    throw new RangeError(
      `${who}: expected loc of shape [..., k] and ${name} of shape [..., k, k], but got ` +
        `${showShape(loc.shape)} and ${showShape(matrix.shape)}; use affine for single numbers.`,
    );
  }
  return (input) => {
    if (input.at(-1) !== k) {
      throw new RangeError(
        `${who}: expected vectors of ${k} numbers, but got shape ${showShape(input)}; ` +
          `the last axis follows from ${name}.`,
      );
    }
    return broadcastAll(who, [input, loc.shape, dropLast(matrix.shape, 1)]);
  };
};

/** One number for each matrix, for each vector of a shape. */
export const spreadOver = (x: Tensor, vectors: Shape): Tensor => expandTo(x, dropLast(vectors, 1));

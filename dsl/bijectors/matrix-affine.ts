import * as tf from '@tensorflow/tfjs';
import { logAbsDet, matVec, solve } from '../numerics/linear-algebra.js';
import { type ArrayOf, realVector } from '../supports/array.js';
import type { Real } from '../supports/real.js';
import type { Bijector } from '../supports/support.js';
import { type TensorLike, asTensor } from '../tensors/tensor.js';
import { spreadOver, squareFor } from './matrix-shapes.js';

/**
 * y = loc + A x for vectors x and any invertible matrix A; log |det J| = log |det A|, which is found by elimination
 * in double precision.
 *
 * - Shapes: `loc` is `[..., k]`, `matrix` `[..., k, k]`; what is left of them broadcasts with x.
 * - Edges: a matrix without an inverse has log |det J| = −∞, and an inverse that is NaN.
 * - Errors: other shapes throw a `RangeError`.
 *
 * @example
 * ```ts
 * const b = bijectors.matrixAffine([0, 1], [[0, 2], [3, 0]]);
 * b.forward(asTensor([1, 2])).arraySync(); // [4, 4]
 * b.logAbsDetJacobian(asTensor([1, 2])).dataSync()[0]; // Math.log(6)
 * ```
 */
export const matrixAffine = (loc: TensorLike, matrix: TensorLike): Bijector<ArrayOf<Real>> => {
  const [m, a] = [asTensor(loc), asTensor(matrix)];
  const outputShape = squareFor('matrixAffine', 'matrix', m, a);
  return {
    name: 'matrixAffine',
    codomain: realVector,
    parameters: [m, a],
    inputRank: 1,
    inputShape: (output) => output,
    outputShape,
    forward: (x) => tf.add(m, matVec(a, x)),
    inverse: (y) => solve(a, tf.sub(y, m)),
    logAbsDetJacobian: (x) => spreadOver(logAbsDet(a), outputShape(x.shape)),
  };
};

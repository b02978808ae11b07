import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../checks/argument.js';
import { matVec, triangularLogDet, triangularSolve } from '../numerics/linear-algebra.js';
import { type ArrayOf, realVector } from '../supports/array.js';
import { lowerCholesky } from '../supports/lower-cholesky.js';
import type { Real } from '../supports/real.js';
import { real } from '../supports/real.js';
import type { Bijector } from '../supports/support.js';
import { type TensorLike, asTensor } from '../tensors/tensor.js';
import { spreadOver, squareFor } from './matrix-shapes.js';

/**
 * y = loc + L x for vectors x and a lower-triangular L with a positive diagonal, `scaleTril`;
 * log |det J| = Σ log diag L.
 *
 * - Shapes: `loc` is `[..., k]`, `scaleTril` `[..., k, k]`; what is left of them broadcasts with x.
 * - Errors: other shapes, and numbers that are no such factor, throw a `RangeError`.
 *
 * @example
 * ```ts
 * const b = bijectors.lowerCholeskyAffine([1, 1], [[2, 0], [1, 3]]);
 * b.forward(asTensor([1, 2])).arraySync(); // [3, 8]
 * ```
 */
export const lowerCholeskyAffine = (
  loc: TensorLike,
  scaleTril: TensorLike,
): Bijector<ArrayOf<Real>> => {
  const [m, l] = [asTensor(loc), asTensor(scaleTril)];
  const outputShape = squareFor('lowerCholeskyAffine', 'scaleTril', m, l);
  argumentsOf('lowerCholeskyAffine', {
    loc: [loc, m, real, 1],
    scaleTril: [scaleTril, l, lowerCholesky, 2],
  });
  return {
    name: 'lowerCholeskyAffine',
    codomain: realVector,
    parameters: [m, l],
    inputRank: 1,
    inputShape: (output) => output,
    outputShape,
    forward: (x) => tf.add(m, matVec(l, x)),
    inverse: (y) => triangularSolve(l, tf.sub(y, m)),
    logAbsDetJacobian: (x) => spreadOver(triangularLogDet(l), outputShape(x.shape)),
  };
};

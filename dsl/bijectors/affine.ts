import * as tf from '@tensorflow/tfjs';
import { numbersIn } from '../checks/argument.js';
import { demand } from '../refusals/options.js';
import type { Bijector } from '../supports/support.js';
import { type Real, real } from '../supports/real.js';
import { broadcastAll } from '../tensors/shape.js';
import { type TensorLike, asTensor } from '../tensors/tensor.js';

/**
 * y = loc + scale x, with scale ≠ 0; log |dy/dx| = log |scale|. `loc` and `scale` broadcast with x.
 *
 * - Errors: a scale of numbers that are 0 or not finite throws a `RangeError`.
 *
 * @example
 * ```ts
 * bijectors.affine(1, 2).forward(tf.scalar(3)).dataSync()[0]; // 7
 * ```
 */
export const affine = (loc: TensorLike, scale: TensorLike): Bijector<Real> => {
  for (const x of Array.from(numbersIn(scale, 'affine'))) {
    const expected = 'a scale that is finite and not 0';
    demand(x !== 0 && Number.isFinite(x), 'affine', expected, x, 'it could not be inverted');
  }
  const shift = asTensor(loc);
  const factor = asTensor(scale);
  return {
    name: 'affine',
    codomain: real,
    inputRank: 0,
    parameters: [shift, factor],
    inputShape: (output) => output,
    outputShape: (input) => broadcastAll('affine', [input, shift.shape, factor.shape]),
    direction: () => tf.sign(factor),
    forward: (x) => tf.add(shift, tf.mul(factor, x)),
    inverse: (y) => tf.div(tf.sub(y, shift), factor),
    logAbsDetJacobian: (x) => tf.add(tf.log(tf.abs(factor)), tf.zerosLike(tf.add(x, shift))),
  };
};

import * as tf from '@tensorflow/tfjs';
import { numbersIn } from '../checks/argument.js';
import { demand } from '../refusals/options.js';
import { type Positive, positive } from '../supports/half-line.js';
import type { BijectorFrom } from '../supports/support.js';
import { broadcastAll } from '../tensors/shape.js';
import { type TensorLike, asTensor } from '../tensors/tensor.js';

/**
 * y = x^exponent, from (0, ∞) onto itself, with exponent ≠ 0; log |dy/dx| = log |exponent| + (exponent − 1) log x.
 * The exponent broadcasts with x.
 *
 * - Errors: an exponent of numbers that are 0 or not finite throws a `RangeError`.
 *
 * @example
 * ```ts
 * bijectors.power(3).forward(tf.scalar(2)).dataSync()[0]; // 8
 * bijectors.power(-1).inverse(tf.scalar(4)).dataSync()[0]; // 0.25
 * ```
 */
export const power = (exponent: TensorLike): BijectorFrom<Positive, Positive> => {
  for (const x of Array.from(numbersIn(exponent, 'power'))) {
    const expected = 'an exponent that is finite and not 0';
    demand(x !== 0 && Number.isFinite(x), 'power', expected, x, 'it could not be inverted');
  }
  const p = asTensor(exponent);
  return {
    name: 'power',
    domain: positive,
    codomain: positive,
    inputRank: 0,
    parameters: [p],
    inputShape: (output) => output,
    outputShape: (input) => broadcastAll('power', [input, p.shape]),
    direction: () => tf.sign(p),
    forward: (x) => tf.pow(x, p),
    inverse: (y) => tf.pow(y, tf.reciprocal(p)),
    logAbsDetJacobian: (x) => tf.add(tf.log(tf.abs(p)), tf.mul(tf.sub(p, 1), tf.log(x))),
  };
};

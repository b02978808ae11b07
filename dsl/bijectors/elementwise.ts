/** The elementwise bijectors. */
import * as tf from '@tensorflow/tfjs';
import { numbersIn } from '../checks/argument.js';
import { type Bijector, elementwise } from '../bijector.js';
import { demand } from '../checks/options.js';
import { broadcastAll } from '../tensors/shape.js';
import { inverseSoftplus, logSigmoid, logit, softplus } from '../numerics/special.js';
import { type Interval, type Positive, type Real, interval, positive, real } from '../support.js';
import { type TensorLike, asTensor } from '../tensors/tensor.js';

/** y = x. */
export const identity: Bijector<Real> = elementwise({
  name: 'identity',
  codomain: real,
  forward: (x) => x,
  inverse: (y) => y,
  logAbsDetJacobian: (x) => tf.zerosLike(x),
});

/**
 * y = eˣ, onto (0, ∞); log |dy/dx| = x.
 *
 * @example
 * ```ts
 * bijectors.exp.forward(tf.scalar(0)).dataSync()[0]; // 1
 * ```
 */
export const exp: Bijector<Positive> = elementwise({
  name: 'exp',
  codomain: positive,
  forward: (x) => tf.exp(x),
  inverse: (y) => tf.log(y),
  logAbsDetJacobian: (x) => x,
});

/**
 * y = softplus(x), onto (0, ∞); log |dy/dx| = log sigmoid(x).
 *
 * @example
 * ```ts
 * bijectors.softplus.forward(tf.scalar(0)).dataSync()[0]; // 0.6931472
 * ```
 */
export const softplusBijector: Bijector<Positive> = elementwise({
  name: 'softplus',
  codomain: positive,
  forward: softplus,
  inverse: inverseSoftplus,
  logAbsDetJacobian: logSigmoid,
});

/**
 * y = low + (high − low) sigmoid(x), onto (low, high).
 *
 * @example
 * ```ts
 * bijectors.sigmoidTo(0, 10).forward(tf.scalar(0)).dataSync()[0]; // 5
 * ```
 */
export const sigmoidTo = <L extends number, H extends number>(
  low: L,
  high: H,
): Bijector<Interval<L, H>> => {
  const width = high - low;
  if (!(width > 0 && Number.isFinite(width))) {
    throw new RangeError(
      `sigmoidTo: expected finite bounds with low < high, but got ${low} and ${high}; ` +
        'swap them, or use exp for a half line.',
    );
  }
  return elementwise({
    name: `sigmoidTo(${low}, ${high})`,
    codomain: interval(low, high),
    forward: (x) => tf.add(tf.mul(tf.sigmoid(x), width), low),
    inverse: (y) => logit(tf.div(tf.sub(y, low), width)),
    logAbsDetJacobian: (x) => tf.add(tf.add(logSigmoid(x), logSigmoid(tf.neg(x))), Math.log(width)),
  });
};

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
    forward: (x) => tf.add(shift, tf.mul(factor, x)),
    inverse: (y) => tf.div(tf.sub(y, shift), factor),
    logAbsDetJacobian: (x) => tf.add(tf.log(tf.abs(factor)), tf.zerosLike(tf.add(x, shift))),
  };
};

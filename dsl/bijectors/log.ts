import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../supports/elementwise.js';
import { type Positive, positive } from '../supports/half-line.js';
import { type Real, real } from '../supports/real.js';
import type { BijectorFrom } from '../supports/support.js';

/**
 * y = log x, from (0, ∞) onto the reals; log |dy/dx| = −log x.
 *
 * @example
 * ```ts
 * // The law of the logarithm of a gamma number.
 * const d = transformed(gamma(1, 1), bijectors.log);
 * d.logProb(tf.scalar(0)).dataSync()[0]; // -1
 * ```
 */
export const log: BijectorFrom<Positive, Real> = {
  ...elementwise({
    name: 'log',
    codomain: real,
    direction: () => tf.scalar(1),
    forward: (x) => tf.log(x),
    inverse: (y) => tf.exp(y),
    logAbsDetJacobian: (x) => tf.neg(tf.log(x)),
  }),
  domain: positive,
};

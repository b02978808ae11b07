/** The half lines, open and closed, and the maps onto the open one. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from './elementwise.js';
import type { Domain } from '../checks/domain.js';
import { SMALLEST, off } from '../checks/off-bounds.js';
import { inverseSoftplus, logSigmoid, softplus } from '../numerics/special.js';
import type { Bijector, ContinuousSupport } from './support.js';
import { greater, greaterEqual } from '../tensors/comparison.js';

/** The open half line (0, ∞). */
export interface Positive extends ContinuousSupport<'positive'> {
  readonly kind: 'positive';
  readonly eventRank: 0;
}

/** The closed half line [0, ∞). */
export interface Nonnegative extends ContinuousSupport<'nonnegative'> {
  readonly kind: 'nonnegative';
  readonly eventRank: 0;
}

const CURE = 'use softplus or exp, or a param with { support: positive }';

const withZero: Domain = {
  words: 'nonnegative',
  cure: CURE,
  rank: 0,
  entry: (x) => x >= 0 && x < Infinity,
};

const both = {
  closure: withZero,
  cure: CURE,
  rank: 0,
  eventRank: 0,
  isDiscrete: false,
  some: (shape) => tf.ones([...shape]),
  room: (event) => Math.min(...event),
  bijector: () => exp,
  offBounds: (y) => off(y, 0, SMALLEST, 1),
} as const satisfies Partial<Positive>;

/** The open half line (0, ∞). */
export const positive: Positive = {
  ...both,
  kind: 'positive',
  name: 'positive',
  words: 'positive',
  entry: (x) => x > 0 && x < Infinity,
  isWithin: ({ kind }) => kind === 'positive' || kind === 'nonnegative' || kind === 'real',
  inside: (x) => greater(x, tf.scalar(0)),
};

/** The closed half line [0, ∞). */
export const nonnegative: Nonnegative = {
  ...both,
  ...withZero,
  kind: 'nonnegative',
  name: 'nonnegative',
  isWithin: ({ kind }) => kind === 'nonnegative' || kind === 'real',
  inside: (x) => greaterEqual(x, tf.scalar(0)),
};

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
  direction: () => tf.scalar(1),
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
  direction: () => tf.scalar(1),
  forward: softplus,
  inverse: inverseSoftplus,
  logAbsDetJacobian: logSigmoid,
});

/** The real line. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from './elementwise.js';
import type { Domain } from '../checks/domain.js';
import type { Bijector, ContinuousSupport } from './support.js';

/** The real line. */
export interface Real extends ContinuousSupport<'real'> {
  readonly kind: 'real';
  readonly eventRank: 0;
}

const finite: Domain = {
  words: 'finite',
  cure: 'look at what it is computed from',
  rank: 0,
  entry: Number.isFinite,
};

/** The real line. */
export const real: Real = {
  ...finite,
  closure: finite,
  kind: 'real',
  name: 'real',
  eventRank: 0,
  isDiscrete: false,
  isWithin: ({ kind }) => kind === 'real',
  some: (shape) => tf.zeros([...shape]),
  inside: (x) => tf.onesLike(x),
  bijector: () => identity,
};

/** y = x. */
export const identity: Bijector<Real> = elementwise({
  name: 'identity',
  codomain: real,
  direction: () => tf.scalar(1),
  forward: (x) => x,
  inverse: (y) => y,
  logAbsDetJacobian: (x) => tf.zerosLike(x),
});

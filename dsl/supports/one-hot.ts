import * as tf from '@tensorflow/tfjs';
import { type Domain, SHARES_CURE, sumsToOne } from '../checks/domain.js';
import type { Support } from './support.js';

/** Vectors with a single 1 among zeros. */
export interface OneHot extends Support<'oneHot'> {
  readonly kind: 'oneHot';
}

const classVectors: Domain = {
  words: 'a single 1 among zeros',
  cure: SHARES_CURE,
  rank: 1,
  entry: (x) => x === 0 || x === 1,
  together: sumsToOne,
};

/** Vectors with a single 1 among zeros. */
export const oneHot: OneHot = {
  ...classVectors,
  closure: classVectors,
  kind: 'oneHot',
  name: 'one-hot vectors',
  eventRank: 1,
  isDiscrete: true,
  isWithin: ({ kind }) => kind === 'oneHot',
  some: (shape) => {
    const first = Array.from({ length: shape.at(-1) ?? 1 }, (_, k) => Number(k === 0));
    return tf.add(tf.tensor1d(first), tf.zeros([...shape]));
  },
};

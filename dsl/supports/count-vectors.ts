/** Vectors of counts that sum to a total. */
import * as tf from '@tensorflow/tfjs';
import { type Domain, boundIn } from '../checks/domain.js';
import { demand } from '../refusals/options.js';
import type { Support } from './support.js';

/** Vectors of counts that sum to `total`; one that is NaN depends on a parameter. */
export interface CountVectors<N extends number = number> extends Support<'countVectors'> {
  readonly kind: 'countVectors';
  readonly total: N;
}

/** Whether a support is one of count vectors, whose total can then be read. */
export const isCountVectors = (support: Support): support is CountVectors =>
  support.kind === 'countVectors';

/**
 * Vectors of counts of at least 0 that sum to `total`.
 *
 * @example
 * ```ts
 * countVectors(3).total; // 3
 * countVectors(3).name; // 'count vectors of 3'
 * isWithin(countVectors(3), countVectors(4)); // false
 * ```
 */
export const countVectors = <const N extends number>(total: N): CountVectors<N> => {
  const isComputed = Number.isNaN(total);
  demand(
    isComputed || (Number.isInteger(total) && total >= 0),
    'countVectors',
    'a total that is a whole number of at least 0',
    total,
    'pass how many are counted',
  );
  const domain: Domain = {
    words: `counts that sum to ${boundIn(total, 'their total')}`,
    cure: 'look at what they are counted from',
    rank: 1,
    entry: (x) => Number.isInteger(x) && x >= 0 && !(x > total),
    together: (entries) => {
      const value = entries.reduce((a, b) => a + b, 0);
      return isComputed || value === total ? undefined : { value, of: 'a sum of' };
    },
  };
  return {
    ...domain,
    closure: domain,
    kind: 'countVectors',
    total,
    name: `count vectors of ${boundIn(total, '?')}`,
    eventRank: 1,
    isDiscrete: true,
    ...(isComputed && { isComputed: true }),
    isWithin: (outer) => isCountVectors(outer) && outer.total === total,
    some: (shape) => {
      const first = Array.from({ length: shape.at(-1) ?? 1 }, (_, k) =>
        k === 0 && !isComputed ? total : 0,
      );
      return tf.add(tf.tensor1d(first), tf.zeros([...shape]));
    },
  };
};

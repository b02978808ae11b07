/** Where each value belongs in a sorted row, before what equals it or after. */
import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../kernel.js';

export const searchSorted: Kernel = {
  name: 'SearchSorted',
  canonical: ({ side }) => ({ side: side === 'right' ? 'right' : 'left' }),
  shape: ({ values }) => values && { shape: values.shape, dtype: 'int32' },
  vjp: 'zero',
  batch: ({ size, spread, value, again, attributes, outs: [out] }) => {
    const joined = (input: string) => {
      const [rows = 1, length = 1] = value(input).shape;
      return tf.reshape(spread(input), [size * rows, length]);
    };
    const [found = spread('values')] = again(
      { sortedSequence: joined('sortedSequence'), values: joined('values') },
      attributes,
    );
    return tf.reshape(found, [size, ...(out?.shape ?? [])]);
  },
};

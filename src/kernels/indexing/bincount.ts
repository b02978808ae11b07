/** How often each whole number below a size comes, or the sum of its weights. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numberOf } from '../../graph/attributes.js';
import { call } from '../call.js';
import type { Kernel } from '../kernel.js';
import { counted } from './counts.js';
import { rowsOf } from './segments.js';

export const bincount: Kernel = {
  name: 'Bincount',
  canonical: ({ size }) => ({ size: numberOf(size, 0) }),
  shape: ({ weights }, { size }) => weights && { shape: [numberOf(size, 0)], dtype: weights.dtype },
  vjp: {
    // Numbers may be counted without weights.
    weights: ({ dy, at }) =>
      at('weights').size === 0
        ? tf.zerosLike(at('weights'))
        : tf.reshape(rowsOf(dy, at('x')), at('weights').shape),
  },
  batch: ({ size, spread, value, attributes }) => {
    const count = sizeOf(value('x').shape);
    const isWeighed = sizeOf(value('weights').shape) > 0;
    return call(
      'DenseBincount',
      {
        x: tf.reshape(spread('x'), [size, count]),
        weights: isWeighed
          ? tf.reshape(spread('weights'), [size, count])
          : tf.zeros([size, 0], value('weights').dtype),
      },
      { size: numberOf(attributes['size'], 0), binaryOutput: false },
    );
  },
  ...counted,
};

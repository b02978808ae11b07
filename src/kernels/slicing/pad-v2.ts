/** A constant around an array. */
import * as tf from '@tensorflow/tfjs';
import { numberOf, pairs } from '../../compile/attributes.js';
import type { Kernel } from '../kernel.js';
import { batchedPadding, paddedShape } from './padded.js';

export const padV2: Kernel = {
  name: 'PadV2',
  work: 'move',
  canonical: ({ paddings, constantValue }) => ({
    paddings: pairs(paddings),
    constantValue: numberOf(constantValue, 0),
  }),
  shape: paddedShape,
  vjp: {
    x: ({ dy, at, attributes }) =>
      tf.slice(
        dy,
        pairs(attributes['paddings']).map(([before]) => before),
        at('x').shape,
      ),
  },
  batch: batchedPadding,
};

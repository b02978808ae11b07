/** The slices of an array along an axis, without the axis. */
import * as tf from '@tensorflow/tfjs';
import { axisIn, numberOf } from '../../graph/attributes.js';
import type { Kernel } from '../kernel.js';
import { partsOf } from './parts.js';

export const unpack: Kernel = {
  name: 'Unpack',
  work: 'move',
  canonical: ({ axis }, { value }) => ({ axis: axisIn(axis, value?.shape ?? []) }),
  shape: ({ value }, { axis }) => {
    if (value === undefined) return undefined;
    const at = axisIn(axis, value.shape);
    const part = { shape: value.shape.toSpliced(at, 1), dtype: value.dtype };
    return Array.from({ length: value.shape[at] ?? 1 }, () => part);
  },
  vjp: { value: ({ dys, attributes }) => tf.stack([...dys], numberOf(attributes['axis'], 0)) },
  batch: ({ at, again, attributes }) =>
    again({ value: at('value') }, { axis: numberOf(attributes['axis'], 0) + 1 }),
  onnx: partsOf('value'),
  element: ({ read, attributes, part }, block, index) =>
    read(block, 'value', index.toSpliced(numberOf(attributes['axis'], 0), 0, part)),
};

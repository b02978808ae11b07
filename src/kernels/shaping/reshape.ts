/** The same elements by another shape. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { numbers } from '../../graph/attributes.js';
import type { Kernel } from '../kernel.js';
import { sameOrder } from './same-order.js';

export const reshape: Kernel = {
  name: 'Reshape',
  canonical: ({ shape }, { x }) => ({
    shape: tf.util.inferFromImplicitShape([...numbers(shape)], sizeOf(x?.shape ?? [])),
  }),
  shape: ({ x }, { shape }) =>
    x && {
      shape: tf.util.inferFromImplicitShape([...numbers(shape)], sizeOf(x.shape)),
      dtype: x.dtype,
    },
  vjp: { x: ({ dy, at }) => tf.reshape(dy, at('x').shape) },
  batch: ({ at, size, outs: [out] }) => tf.reshape(at('x'), [size, ...(out?.shape ?? [])]),
  ...sameOrder,
};

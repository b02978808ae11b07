/** An axis of length 1 more. */
import * as tf from '@tensorflow/tfjs';
import { numberOf } from '../../graph/attributes.js';
import type { Attributes, Kernel, Value } from '../kernel.js';
import { sameOrder } from './same-order.js';

const placeIn = ({ dim }: Attributes, input: Value | undefined): number => {
  const place = numberOf(dim, 0);
  return place < 0 ? place + (input?.shape.length ?? 0) + 1 : place;
};

export const expandDims: Kernel = {
  name: 'ExpandDims',
  canonical: (attributes, { input }) => ({ dim: placeIn(attributes, input) }),
  shape: ({ input }, attributes) =>
    input && { shape: input.shape.toSpliced(placeIn(attributes, input), 0, 1), dtype: input.dtype },
  vjp: { input: ({ dy, at }) => tf.reshape(dy, at('input').shape) },
  batch: ({ at, size, outs: [out] }) => tf.reshape(at('input'), [size, ...(out?.shape ?? [])]),
  ...sameOrder,
};

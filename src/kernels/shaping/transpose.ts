/** The axes in another order. */
import * as tf from '@tensorflow/tfjs';
import { numbers } from '../../graph/attributes.js';
import { transposed } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';

export const transpose: Kernel = {
  name: 'Transpose',
  work: 'move',
  canonical: ({ perm }) => ({ perm: numbers(perm) }),
  shape: ({ x }, { perm }) =>
    x && { shape: numbers(perm).map((axis) => x.shape[axis] ?? 1), dtype: x.dtype },
  vjp: {
    x: ({ dy, attributes }) => {
      const perm = numbers(attributes['perm']);
      return tf.transpose(
        dy,
        perm.map((_, axis) => perm.indexOf(axis)),
      );
    },
  },
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { perm: [0, ...numbers(attributes['perm']).map((axis) => axis + 1)] }),
  onnx: ({ b, at, attributes }) => transposed(b, at('x'), numbers(attributes['perm'])),
  element: ({ read, attributes }, block, index) => {
    const perm = numbers(attributes['perm']);
    return read(
      block,
      'x',
      perm.map((_, axis) => index[perm.indexOf(axis)] ?? 0),
    );
  },
};

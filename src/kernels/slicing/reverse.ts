/** The elements in the opposite order along some axes. */
import * as tf from '@tensorflow/tfjs';
import { axesOf, numbers } from '../../graph/attributes.js';
import { minus } from '../../code/javascript/indexing.js';
import { reversed } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';

export const reverse: Kernel = {
  name: 'Reverse',
  work: 'move',
  canonical: ({ dims }, { x }) => ({ dims: axesOf(dims, x?.shape ?? []) }),
  shape: ({ x }) => x,
  vjp: { x: ({ dy, attributes }) => tf.reverse(dy, [...numbers(attributes['dims'])]) },
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { dims: numbers(attributes['dims']).map((axis) => axis + 1) }),
  onnx: ({ b, at, attributes, out }) =>
    reversed(b, at('x'), out.shape, axesOf(attributes['dims'], out.shape)),
  element: ({ read, value, attributes }, block, index) => {
    const { shape } = value('x');
    const axes = axesOf(attributes['dims'], shape);
    return read(
      block,
      'x',
      index.map((i, axis) => (axes.includes(axis) ? minus((shape[axis] ?? 1) - 1, i) : i)),
    );
  },
};

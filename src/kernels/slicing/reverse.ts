/** The elements in the opposite order along some axes. */
import * as tf from '@tensorflow/tfjs';
import { axesOf, numbers } from '../../compile/attributes.js';
import type { Kernel } from '../kernel.js';

export const reverse: Kernel = {
  name: 'Reverse',
  work: 'move',
  canonical: ({ dims }, { x }) => ({ dims: axesOf(dims, x?.shape ?? []) }),
  shape: ({ x }) => x,
  vjp: { x: ({ dy, attributes }) => tf.reverse(dy, [...numbers(attributes['dims'])]) },
  batch: ({ at, again, attributes }) =>
    again({ x: at('x') }, { dims: numbers(attributes['dims']).map((axis) => axis + 1) }),
};

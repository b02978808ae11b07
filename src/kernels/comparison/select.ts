/** t where a condition holds, else e. All have one shape. */
import * as tf from '@tensorflow/tfjs';
import { broadcast } from '../../../dsl/shape.js';
import type { DType } from '../../compile/graph.js';
import type { Kernel } from '../kernel.js';

/** The type that holds the numbers of both. */
const upcast = (a: DType, b: DType): DType => {
  const both = [a, b];
  return both.includes('float32') ? 'float32' : both.includes('int32') ? 'int32' : 'bool';
};

export const select: Kernel = {
  name: 'Select',
  shape: ({ condition, t, e }) => {
    const branches = t && e && broadcast(t.shape, e.shape);
    const shape = branches && condition && broadcast(branches, condition.shape);
    return shape && t && e && { shape, dtype: upcast(t.dtype, e.dtype) };
  },
  // What was not taken may be no number: it is left out, not multiplied by 0.
  vjp: {
    t: ({ dy, at }) => tf.where(at('condition'), dy, 0),
    e: ({ dy, at }) => tf.where(at('condition'), 0, dy),
  },
  batch: ({ at }) => tf.where(at('condition'), at('t'), at('e')),
};

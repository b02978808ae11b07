/** An array on the diagonal of one with its axes twice, and zeros elsewhere. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { flatten } from '../../code/javascript/indexing.js';
import { reshaped } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';

export const diag: Kernel = {
  name: 'Diag',
  shape: ({ x }) => x && { shape: [...x.shape, ...x.shape], dtype: x.dtype },
  vjp: {
    x: ({ dy, at }) => {
      const { size, shape } = at('x');
      if (size === 0) return tf.zerosLike(at('x'));
      return tf.reshape(
        tf.stridedSlice(tf.reshape(dy, [size ** 2]), [0], [size ** 2], [size + 1]),
        shape,
      );
    },
  },
  batch: ({ at, size, value, outs: [out] }) => {
    const count = sizeOf(value('x').shape);
    const here = tf.tile(tf.cast(tf.eye(count), 'bool').expandDims(0), [size, 1, 1]);
    const row = tf.tile(tf.reshape(at('x'), [size, 1, count]), [1, count, 1]);
    // Chosen and not multiplied: elements that are not finite stay on the diagonal.
    return tf.reshape(tf.where(here, row, tf.zerosLike(row)), [size, ...(out?.shape ?? [])]);
  },
  onnx: ({ b, at, value, out }) => {
    const count = sizeOf(value('x').shape);
    if (count === 0) return reshaped(b, at('x'), out.shape);
    const zeros = b.op('Expand', [b.constant(out.dtype, [], [0]), b.ints([count ** 2])]);
    const places = b.constant(
      'int64',
      [count, 1],
      Array.from({ length: count }, (_, i) => i * (count + 1)),
    );
    const whole = b.op('ScatterND', [zeros, places, reshaped(b, at('x'), [count])]);
    return reshaped(b, whole, out.shape);
  },
  element: ({ read, value }, block, index) => {
    const { shape } = value('x');
    const [row, column] = [index.slice(0, shape.length), index.slice(shape.length)];
    const [i, j] = [flatten(row, shape), flatten(column, shape)];
    return block.name(`(${i} === ${j} ? ${read(block, 'x', row)} : 0)`);
  },
};

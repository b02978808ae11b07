/** dy where y is not below 0, else dy (y + 1): what TensorFlow.js makes of the derivative of `Elu`. Both have one shape. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import type { Kernel } from '../kernel.js';

export const eluGrad: Kernel = {
  name: 'EluGrad',
  shape: ({ dy }) => dy,
  vjp: {
    dy: ({ dy, at }) => tf.mul(dy, tf.add(tf.minimum(at('y'), 0), 1)),
    y: ({ dy, at }) => tf.mul(dy, tf.mul(at('dy'), tf.cast(tf.less(at('y'), 0), 'float32'))),
  },
  batch: ({ spread, again }) => again({ dy: spread('dy'), y: spread('y') }),
  onnx: ({ b, at }) =>
    b.op('Where', [
      b.op('GreaterOrEqual', [at('y'), b.scalar(0)]),
      at('dy'),
      b.op('Mul', [at('dy'), b.op('Add', [at('y'), b.scalar(1)])]),
    ]),
  scalar: javascript.two((dy, y) => `(${y} >= 0 ? ${dy} : ${dy} * (${y} + 1))`),
  vector: vectors.two((t, dy, y) =>
    vectors.above(t, y, dy, t.do('mul', dy, t.do('add', y, t.constant(1)))),
  ),
};

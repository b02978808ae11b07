/** min(max(x, 0), 6), whose derivative is 0 at 0 and 1 at 6. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const relu6 = elementwise({
  name: 'Relu6',
  vjp: {
    x: ({ dy, at }) =>
      tf.mul(dy, tf.mul(tf.step(at('x')), tf.cast(tf.lessEqual(at('x'), 6), 'float32'))),
  },
  onnx: inReals(({ b, at }) => b.op('Clip', [at('x'), b.scalar(0), b.scalar(6)])),
  scalar: javascript.one((x) => `Math.min(Math.max(${x}, 0), 6)`),
  vector: vectors.one((t, x) => vectors.atMost(t, vectors.atLeast(t, x, 0), 6)),
  cost: 'choice',
});

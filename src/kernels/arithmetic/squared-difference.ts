/** (a − b)². */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const squaredDifference = elementwise({
  name: 'SquaredDifference',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, tf.mul(tf.sub(at('a'), at('b')), 2)),
    b: ({ dy, at }) => tf.mul(dy, tf.mul(tf.sub(at('b'), at('a')), 2)),
  },
  onnx: onnx.realOrWhole((site) => {
    const d = onnx.same('Sub')(site);
    return site.b.op('Mul', [d, d]);
  }),
  scalar: javascript.two((a, b) => `((${a} - ${b}) * (${a} - ${b}))`),
  vector: vectors.two((t, a, b) => {
    const d = t.do('sub', a, b);
    return t.do('mul', d, d);
  }),
});

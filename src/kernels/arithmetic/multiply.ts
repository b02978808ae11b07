/** a b. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const multiply = elementwise({
  name: 'Multiply',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, at('b')),
    b: ({ dy, at }) => tf.mul(dy, at('a')),
  },
  onnx: ({ b, all, out }) => b.op(out.dtype === 'bool' ? 'And' : 'Mul', all),
  scalar: javascript.infix('*'),
  vector: vectors.binary('mul'),
});

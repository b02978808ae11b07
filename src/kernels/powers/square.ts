/** x². */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const square = elementwise({
  name: 'Square',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.mul(at('x'), 2)) },
  onnx: ({ b, at }) => b.op('Mul', [at('x'), at('x')]),
  scalar: javascript.one((x) => `(${x} * ${x})`),
  vector: vectors.one((t, x) => t.do('mul', x, x)),
});

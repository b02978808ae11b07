/** 1 / √x, whose derivative is −½ y³. */
import * as tf from '@tensorflow/tfjs';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { inReals } from '../../code/onnx/casting.js';
import { elementwise } from '../elementwise.js';

export const rsqrt = elementwise({
  name: 'Rsqrt',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.mul(tf.mul(tf.square(y), y), -0.5)) },
  onnx: inReals(({ b, at }) => b.op('Reciprocal', [b.op('Sqrt', [at('x')])])),
  scalar: javascript.one((x) => `(1 / Math.sqrt(${x}))`),
  vector: vectors.one((t, x) => t.do('div', t.constant(1), t.do('sqrt', x))),
  cost: 'quotient',
});

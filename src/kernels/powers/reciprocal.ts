/** 1 / x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const reciprocal = elementwise({
  name: 'Reciprocal',
  vjp: { x: ({ dy, y }) => tf.neg(tf.mul(dy, tf.square(y))) },
  onnx: onnx.real('Reciprocal'),
  scalar: javascript.one((x) => `(1 / ${x})`),
  vector: vectors.one((t, x) => t.do('div', t.constant(1), x)),
  cost: 'quotient',
});

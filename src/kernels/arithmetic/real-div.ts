/** a / b. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const realDiv = elementwise({
  name: 'RealDiv',
  vjp: {
    a: ({ dy, at }) => tf.div(dy, at('b')),
    b: ({ dy, at, y }) => tf.neg(tf.mul(tf.div(dy, at('b')), y)),
  },
  onnx: onnx.realOrWhole(onnx.same('Div')),
  scalar: javascript.infix('/'),
  vector: vectors.binary('div'),
  cost: 'quotient',
});

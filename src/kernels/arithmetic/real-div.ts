/** a / b. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
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

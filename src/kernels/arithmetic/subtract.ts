/** a − b. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const subtract = elementwise({
  name: 'Sub',
  vjp: { a: ({ dy }) => dy, b: ({ dy }) => tf.neg(dy) },
  onnx: onnx.same('Sub'),
  scalar: javascript.infix('-'),
  vector: vectors.binary('sub'),
});

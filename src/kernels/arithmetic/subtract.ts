/** a − b. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const subtract = elementwise({
  name: 'Sub',
  vjp: { a: ({ dy }) => dy, b: ({ dy }) => tf.neg(dy) },
  onnx: onnx.same('Sub'),
  scalar: javascript.infix('-'),
  vector: vectors.binary('sub'),
});

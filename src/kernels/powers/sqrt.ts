/** √x, whose derivative at 0 is +∞. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const sqrt = elementwise({
  name: 'Sqrt',
  vjp: { x: ({ dy, y }) => tf.div(dy, tf.mul(y, 2)) },
  onnx: onnx.real('Sqrt'),
  scalar: javascript.math('sqrt'),
  vector: vectors.unary('sqrt'),
  cost: 'quotient',
});

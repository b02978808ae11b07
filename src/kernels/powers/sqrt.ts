/** √x, whose derivative at 0 is +∞. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../compile/onnx/operators.js';
import * as javascript from '../../compile/javascript/scalars.js';
import * as vectors from '../../compile/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const sqrt = elementwise({
  name: 'Sqrt',
  vjp: { x: ({ dy, y }) => tf.div(dy, tf.mul(y, 2)) },
  onnx: onnx.real('Sqrt'),
  scalar: javascript.math('sqrt'),
  vector: vectors.unary('sqrt'),
  cost: 'quotient',
});

/** |x|, whose derivative at 0 is 0. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import * as vectors from '../../code/webassembly/vectors.js';
import { elementwise } from '../elementwise.js';

export const absolute = elementwise({
  name: 'Abs',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.sign(at('x'))) },
  onnx: onnx.same('Abs'),
  scalar: javascript.math('abs'),
  vector: vectors.unary('abs'),
});

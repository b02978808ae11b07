/** log(x + √(x² + 1)). */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const asinh = elementwise({
  name: 'Asinh',
  vjp: { x: ({ dy, at }) => tf.div(dy, tf.sqrt(tf.add(tf.square(at('x')), 1))) },
  onnx: onnx.real('Asinh'),
  scalar: javascript.math('asinh'),
  cost: 'softplus',
});

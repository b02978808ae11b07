/** tan x, whose derivative is 1 + y². */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const tan = elementwise({
  name: 'Tan',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.add(tf.square(y), 1)) },
  onnx: onnx.real('Tan'),
  scalar: javascript.math('tan'),
  cost: 'logarithm',
});

/** The angle in (−π/2, π/2) whose tangent is x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const atan = elementwise({
  name: 'Atan',
  vjp: { x: ({ dy, at }) => tf.div(dy, tf.add(tf.square(at('x')), 1)) },
  onnx: onnx.real('Atan'),
  scalar: javascript.math('atan'),
  cost: 'softplus',
});

/** (eˣ − e⁻ˣ) / 2. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const sinh = elementwise({
  name: 'Sinh',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.cosh(at('x'))) },
  onnx: onnx.real('Sinh'),
  scalar: javascript.math('sinh'),
  cost: 'softplus',
});

/** (eˣ + e⁻ˣ) / 2. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const cosh = elementwise({
  name: 'Cosh',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.sinh(at('x'))) },
  onnx: onnx.real('Cosh'),
  scalar: javascript.math('cosh'),
  cost: 'softplus',
});

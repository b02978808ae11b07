/** log(x + √(x² − 1)); NaN below 1, where its derivative is +∞. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';
import { above } from './beside-one.js';

export const acosh = elementwise({
  name: 'Acosh',
  vjp: { x: ({ dy, at }) => tf.div(dy, tf.sqrt(above(at('x')))) },
  onnx: onnx.real('Acosh'),
  scalar: javascript.math('acosh'),
  cost: 'softplus',
});

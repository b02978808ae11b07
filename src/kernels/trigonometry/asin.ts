/** The angle in [−π/2, π/2] whose sine is x; NaN beyond ±1, where its derivative is +∞. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';
import { below } from './beside-one.js';

export const asin = elementwise({
  name: 'Asin',
  vjp: { x: ({ dy, at }) => tf.div(dy, tf.sqrt(below(at('x')))) },
  onnx: onnx.real('Asin'),
  scalar: javascript.math('asin'),
  cost: 'softplus',
});

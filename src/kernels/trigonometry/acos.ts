/** The angle in [0, π] whose cosine is x; NaN beyond ±1, where its derivative is −∞. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';
import { below } from './beside-one.js';

export const acos = elementwise({
  name: 'Acos',
  vjp: { x: ({ dy, at }) => tf.neg(tf.div(dy, tf.sqrt(below(at('x'))))) },
  onnx: onnx.real('Acos'),
  scalar: javascript.math('acos'),
  cost: 'softplus',
});

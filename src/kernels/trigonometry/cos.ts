/** cos x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const cos = elementwise({
  name: 'Cos',
  vjp: { x: ({ dy, at }) => tf.neg(tf.mul(dy, tf.sin(at('x')))) },
  onnx: onnx.real('Cos'),
  scalar: javascript.math('cos'),
  cost: 'logarithm',
});

/** sin x. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const sin = elementwise({
  name: 'Sin',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.cos(at('x'))) },
  onnx: onnx.real('Sin'),
  scalar: javascript.math('sin'),
  cost: 'logarithm',
});

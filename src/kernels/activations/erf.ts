/** The error function, 2 / √π ∫₀ˣ e^(−t²) dt. */
import * as tf from '@tensorflow/tfjs';
import * as onnx from '../../code/onnx/operators.js';
import * as javascript from '../../code/javascript/scalars.js';
import { elementwise } from '../elementwise.js';

export const erf = elementwise({
  name: 'Erf',
  vjp: {
    x: ({ dy, at }) =>
      tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(at('x')))), 2 / Math.sqrt(Math.PI))),
  },
  onnx: onnx.real('Erf'),
  scalar: javascript.one((x) => `erf(${x})`),
  cost: 'tanh',
});

/** The error function, 2 / √π ∫₀ˣ e^(−t²) dt. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const erf = elementwise({
  name: 'Erf',
  vjp: {
    x: ({ dy, at }) =>
      tf.mul(dy, tf.mul(tf.exp(tf.neg(tf.square(at('x')))), 2 / Math.sqrt(Math.PI))),
  },
});

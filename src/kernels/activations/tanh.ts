/** (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const tanh = elementwise({
  name: 'Tanh',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.sub(1, tf.square(y))) },
});

/** 1 / (1 + e⁻ˣ). */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const sigmoid = elementwise({
  name: 'Sigmoid',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.mul(y, tf.sub(1, y))) },
});

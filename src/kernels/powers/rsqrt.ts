/** 1 / √x, whose derivative is −½ y³. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const rsqrt = elementwise({
  name: 'Rsqrt',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.mul(tf.mul(tf.square(y), y), -0.5)) },
});

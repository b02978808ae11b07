/** 1 / x. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const reciprocal = elementwise({
  name: 'Reciprocal',
  vjp: { x: ({ dy, y }) => tf.neg(tf.mul(dy, tf.square(y))) },
});

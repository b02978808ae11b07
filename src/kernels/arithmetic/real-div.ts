/** a / b. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const realDiv = elementwise({
  name: 'RealDiv',
  vjp: {
    a: ({ dy, at }) => tf.div(dy, at('b')),
    b: ({ dy, at, y }) => tf.neg(tf.mul(tf.div(dy, at('b')), y)),
  },
});

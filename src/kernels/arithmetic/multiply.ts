/** a b. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const multiply = elementwise({
  name: 'Multiply',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, at('b')),
    b: ({ dy, at }) => tf.mul(dy, at('a')),
  },
});

/** a − b. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const subtract = elementwise({
  name: 'Sub',
  vjp: { a: ({ dy }) => dy, b: ({ dy }) => tf.neg(dy) },
});

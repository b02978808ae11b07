/** x². */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const square = elementwise({
  name: 'Square',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.mul(at('x'), 2)) },
});

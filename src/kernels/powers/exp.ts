/** eˣ. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const exp = elementwise({
  name: 'Exp',
  dtype: 'float32',
  vjp: { x: ({ dy, y }) => tf.mul(dy, y) },
});

/** √x, whose derivative at 0 is +∞. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const sqrt = elementwise({
  name: 'Sqrt',
  vjp: { x: ({ dy, y }) => tf.div(dy, tf.mul(y, 2)) },
});

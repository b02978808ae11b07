/** x above 0 and eˣ − 1 below; its derivative is 1 above and y + 1 below. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const elu = elementwise({
  name: 'Elu',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.add(tf.minimum(y, 0), 1)) },
});

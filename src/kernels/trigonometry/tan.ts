/** tan x, whose derivative is 1 + y². */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const tan = elementwise({
  name: 'Tan',
  vjp: { x: ({ dy, y }) => tf.mul(dy, tf.add(tf.square(y), 1)) },
});

/** log(1 + x). */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const log1p = elementwise({
  name: 'Log1p',
  vjp: { x: ({ dy, at }) => tf.div(dy, tf.add(at('x'), 1)) },
});

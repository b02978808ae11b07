/** |x|, whose derivative at 0 is 0. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const absolute = elementwise({
  name: 'Abs',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.sign(at('x'))) },
});

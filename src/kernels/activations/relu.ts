/** max(x, 0), whose derivative at 0 is 0. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const relu = elementwise({
  name: 'Relu',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.step(at('x'))) },
});

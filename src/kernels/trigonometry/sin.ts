/** sin x. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const sin = elementwise({
  name: 'Sin',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.cos(at('x'))) },
});

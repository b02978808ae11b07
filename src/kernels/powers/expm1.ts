/** eˣ − 1. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const expm1 = elementwise({
  name: 'Expm1',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.exp(at('x'))) },
});

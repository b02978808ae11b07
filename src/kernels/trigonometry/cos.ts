/** cos x. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const cos = elementwise({
  name: 'Cos',
  vjp: { x: ({ dy, at }) => tf.neg(tf.mul(dy, tf.sin(at('x')))) },
});

/** log(1 + eˣ). */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const softplus = elementwise({
  name: 'Softplus',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.sigmoid(at('x'))) },
});

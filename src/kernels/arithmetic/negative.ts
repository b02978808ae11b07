/** −x. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const negative = elementwise({
  name: 'Neg',
  vjp: { x: ({ dy }) => tf.neg(dy) },
});

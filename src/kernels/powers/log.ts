/** log x. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const log = elementwise({
  name: 'Log',
  vjp: { x: ({ dy, at }) => tf.div(dy, at('x')) },
});

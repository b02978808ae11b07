/** The larger of a and b. At a tie each has half of the derivative, as in JAX and PyTorch. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';
import { shareOf } from './share.js';

export const maximum = elementwise({
  name: 'Maximum',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, shareOf(tf.greater, at('a'), at('b'))),
    b: ({ dy, at }) => tf.mul(dy, shareOf(tf.greater, at('b'), at('a'))),
  },
});

/** (a − b)². */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const squaredDifference = elementwise({
  name: 'SquaredDifference',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, tf.mul(tf.sub(at('a'), at('b')), 2)),
    b: ({ dy, at }) => tf.mul(dy, tf.mul(tf.sub(at('b'), at('a')), 2)),
  },
});

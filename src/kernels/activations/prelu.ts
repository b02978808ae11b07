/** x above 0 and α x below, with a slope α that is learned. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const prelu = elementwise({
  name: 'Prelu',
  dtype: 'float32',
  vjp: {
    x: ({ dy, at }) => tf.mul(dy, tf.where(tf.greater(at('x'), 0), 1, at('alpha'))),
    alpha: ({ dy, at }) => tf.mul(dy, tf.minimum(at('x'), 0)),
  },
});

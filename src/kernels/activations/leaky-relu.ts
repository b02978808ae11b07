/** x above 0 and α x below. */
import * as tf from '@tensorflow/tfjs';
import { numberOf } from '../../compile/attributes.js';
import { elementwise } from '../elementwise.js';

export const leakyRelu = elementwise({
  name: 'LeakyRelu',
  dtype: 'float32',
  vjp: {
    x: ({ dy, at, attributes }) => tf.mul(dy, tf.step(at('x'), numberOf(attributes['alpha'], 0.2))),
  },
});

/** x within bounds, whose derivative is 1 at them as it is between. */
import * as tf from '@tensorflow/tfjs';
import { numberOf } from '../../compile/attributes.js';
import { elementwise } from '../elementwise.js';

export const clipByValue = elementwise({
  name: 'ClipByValue',
  vjp: {
    x: ({ dy, at, attributes }) => {
      const x = at('x');
      const low = tf.greaterEqual(x, numberOf(attributes['clipValueMin'], -Infinity));
      const high = tf.lessEqual(x, numberOf(attributes['clipValueMax'], Infinity));
      return tf.where(tf.logicalAnd(low, high), dy, 0);
    },
  },
});

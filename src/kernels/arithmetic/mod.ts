/** a − b ⌊a / b⌋, the remainder that has the sign of b. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const mod = elementwise({
  name: 'Mod',
  vjp: {
    a: ({ dy }) => dy,
    // What was taken away is a whole multiple of b: rounded, since the quotient of the two is not exact.
    b: ({ dy, at, y }) => tf.neg(tf.mul(dy, tf.round(tf.div(tf.sub(at('a'), y), at('b'))))),
  },
});

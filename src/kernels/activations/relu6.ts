/** min(max(x, 0), 6), whose derivative is 0 at 0 and 1 at 6. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const relu6 = elementwise({
  name: 'Relu6',
  vjp: {
    x: ({ dy, at }) =>
      tf.mul(dy, tf.mul(tf.step(at('x')), tf.cast(tf.lessEqual(at('x'), 6), 'float32'))),
  },
});

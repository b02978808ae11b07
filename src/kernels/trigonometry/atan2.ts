/** The angle of the point (b, a), in [−π, π]. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { elementwise } from '../elementwise.js';

const squaredDistance = (a: Tensor, b: Tensor): Tensor => tf.add(tf.square(a), tf.square(b));

export const atan2 = elementwise({
  name: 'Atan2',
  vjp: {
    a: ({ dy, at }) => tf.mul(dy, tf.div(at('b'), squaredDistance(at('a'), at('b')))),
    b: ({ dy, at }) => tf.neg(tf.mul(dy, tf.div(at('a'), squaredDistance(at('a'), at('b'))))),
  },
});

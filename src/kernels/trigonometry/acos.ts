/** The angle in [0, π] whose cosine is x; NaN beyond ±1, where its derivative is −∞. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';
import { below } from './beside-one.js';

export const acos = elementwise({
  name: 'Acos',
  vjp: { x: ({ dy, at }) => tf.neg(tf.div(dy, tf.sqrt(below(at('x'))))) },
});

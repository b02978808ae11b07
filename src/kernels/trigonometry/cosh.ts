/** (eˣ + e⁻ˣ) / 2. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const cosh = elementwise({
  name: 'Cosh',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.sinh(at('x'))) },
});

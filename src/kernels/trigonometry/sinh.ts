/** (eˣ − e⁻ˣ) / 2. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

export const sinh = elementwise({
  name: 'Sinh',
  vjp: { x: ({ dy, at }) => tf.mul(dy, tf.cosh(at('x'))) },
});

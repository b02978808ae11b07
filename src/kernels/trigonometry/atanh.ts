/** ½ log((1 + x) / (1 − x)); NaN beyond ±1. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';
import { below } from './beside-one.js';

export const atanh = elementwise({
  name: 'Atanh',
  vjp: { x: ({ dy, at }) => tf.div(dy, below(at('x'))) },
});

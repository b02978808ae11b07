/**
 * λ x above 0 and λ α (eˣ − 1) below.
 *
 * Source: Klambauer et al. 2017, arXiv:1706.02515.
 */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from '../elementwise.js';

const SCALE = 1.0507009873554805;

/** λ α. */
const BELOW = 1.7580993408473768;

export const selu = elementwise({
  name: 'Selu',
  vjp: {
    x: ({ dy, at, y }) => tf.mul(dy, tf.where(tf.greater(at('x'), 0), SCALE, tf.add(y, BELOW))),
  },
});

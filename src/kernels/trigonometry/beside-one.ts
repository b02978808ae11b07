/** 1 − x² and x² − 1 without the cancellation that they have near ±1. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';

/** 1 − x². */
export const below = (x: Tensor): Tensor => tf.mul(tf.sub(1, x), tf.add(x, 1));

/** x² − 1. */
export const above = (x: Tensor): Tensor => tf.mul(tf.sub(x, 1), tf.add(x, 1));

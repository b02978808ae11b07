/** dy where y is not below 0, else dy (y + 1): what TensorFlow.js makes of the derivative of `Elu`. Both have one shape. */
import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../kernel.js';

export const eluGrad: Kernel = {
  name: 'EluGrad',
  shape: ({ dy }) => dy,
  vjp: {
    dy: ({ dy, at }) => tf.mul(dy, tf.add(tf.minimum(at('y'), 0), 1)),
    y: ({ dy, at }) => tf.mul(dy, tf.mul(at('dy'), tf.cast(tf.less(at('y'), 0), 'float32'))),
  },
  batch: ({ spread, again }) => again({ dy: spread('dy'), y: spread('y') }),
};

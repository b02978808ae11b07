/** Activations by name. */
import * as tf from '@tensorflow/tfjs';
import { softplus } from '../special.js';
import type { Tensor } from '../tensor.js';

export type Activation =
  | 'identity'
  | 'relu'
  | 'tanh'
  | 'sigmoid'
  | 'softplus'
  | 'elu'
  | 'silu'
  | 'gelu'
  | ((x: Tensor) => Tensor);

/** The function that a name stands for. */
export const activate = (activation: Activation): ((x: Tensor) => Tensor) => {
  if (typeof activation === 'function') return activation;
  switch (activation) {
    case 'identity':
      return (x) => x;
    case 'relu':
      return (x) => tf.relu(x);
    case 'tanh':
      return (x) => tf.tanh(x);
    case 'sigmoid':
      return (x) => tf.sigmoid(x);
    case 'softplus':
      return softplus;
    case 'elu':
      return (x) => tf.elu(x);
    case 'silu':
      return (x) => tf.mul(x, tf.sigmoid(x));
    case 'gelu':
      return (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
  }
};

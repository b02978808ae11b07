/** Activations by name. */
import * as tf from '@tensorflow/tfjs';
import { type Rule } from '../refusals/options.js';
import { softplus } from '../numerics/special.js';
import type { Tensor } from '../tensors/tensor.js';

const names = ['identity', 'relu', 'tanh', 'sigmoid', 'softplus', 'elu', 'silu', 'gelu'] as const;

export type Activation = (typeof names)[number] | ((x: Tensor) => Tensor);

/** An activation as an option. */
export const activations: Rule = {
  expected:
    "'identity', 'relu', 'tanh', 'sigmoid', 'softplus', 'elu', 'silu', 'gelu' or a function",
  holds: (value) => typeof value === 'function' || names.some((name) => name === value),
  cure: 'correct its spelling',
};

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

/** The functions between the layers of a network. */
import type { Kernel } from '../kernel.js';
import { eluGrad } from './elu-grad.js';
import { elu } from './elu.js';
import { erf } from './erf.js';
import { leakyRelu } from './leaky-relu.js';
import { prelu } from './prelu.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { selu } from './selu.js';
import { sigmoid } from './sigmoid.js';
import { softmax } from './softmax.js';
import { softplus } from './softplus.js';
import { step } from './step.js';
import { tanh } from './tanh.js';

export const activations: readonly Kernel[] = [
  eluGrad,
  elu,
  erf,
  leakyRelu,
  prelu,
  relu,
  relu6,
  selu,
  sigmoid,
  softmax,
  softplus,
  step,
  tanh,
];

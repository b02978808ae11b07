/** Activations by the names that kernels have for those in them. */
import type { Kernel } from '../kernel.js';
import { elu } from './elu.js';
import { leakyRelu } from './leaky-relu.js';
import { prelu } from './prelu.js';
import { relu } from './relu.js';
import { relu6 } from './relu6.js';
import { sigmoid } from './sigmoid.js';

const activations: ReadonlyMap<unknown, Kernel> = new Map([
  ['elu', elu],
  ['leakyrelu', leakyRelu],
  ['prelu', prelu],
  ['relu', relu],
  ['relu6', relu6],
  ['sigmoid', sigmoid],
]);

/** An activation; nothing for one that changes nothing. */
export const activationNamed = (name: unknown): Kernel | undefined => activations.get(name);

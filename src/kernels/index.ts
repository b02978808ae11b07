/** The kernels, by TensorFlow.js's names for them. */
import { arithmetic } from './arithmetic/index.js';
import type { Kernel } from './kernel.js';
import { powers } from './powers/index.js';
import { products } from './products/index.js';
import { reductions } from './reductions/index.js';

export const kernels: ReadonlyMap<string, Kernel> = new Map(
  [...arithmetic, ...powers, ...products, ...reductions].map((kernel) => [kernel.name, kernel]),
);

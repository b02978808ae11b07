/** Sums, products and quotients of two numbers, and what goes with them. */
import type { Kernel } from '../kernel.js';
import { add } from './add.js';
import { multiply } from './multiply.js';

export const arithmetic: readonly Kernel[] = [add, multiply];

/** What many numbers along some axes come to. */
import type { Kernel } from '../kernel.js';
import { sum } from './sum.js';

export const reductions: readonly Kernel[] = [sum];

/** Powers, roots, exponentials and logarithms. */
import type { Kernel } from '../kernel.js';
import { exp } from './exp.js';

export const powers: readonly Kernel[] = [exp];

/** Products of matrices and of arrays. */
import type { Kernel } from '../kernel.js';
import { batchMatMul } from './batch-mat-mul.js';

export const products: readonly Kernel[] = [batchMatMul];

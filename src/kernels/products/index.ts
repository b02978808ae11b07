/** Products of matrices and of arrays. */
import type { Kernel } from '../kernel.js';
import { batchMatMul } from './batch-mat-mul.js';
import { einsum } from './einsum.js';
import { fusedMatMul } from './fused-mat-mul.js';

export const products: readonly Kernel[] = [batchMatMul, einsum, fusedMatMul];

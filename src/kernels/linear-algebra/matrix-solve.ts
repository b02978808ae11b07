/** Systems of any invertible matrix, or of its transpose, for each row of numbers beside it. */
import { MATRIX_SOLVE } from '../../../dsl/numerics/matrices/elimination.js';
import type { Kernel } from '../kernel.js';
import { eachMatrix } from '../reach.js';
import { hostOf } from '../host/host-of.js';
import { bySharedMatrix } from './shared-matrix.js';

export const matrixSolve: Kernel = {
  ...hostOf(MATRIX_SOLVE),
  canonical: ({ adjoint }) => ({ adjoint: adjoint === true }),
  shape: ({ b }) => b,
  batch: bySharedMatrix('a'),
  reach: eachMatrix,
  work: 'factor',
};

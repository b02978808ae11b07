/** Systems of a lower-triangular matrix, or of its transpose, for each row of numbers beside it. */
import { TRIANGULAR_SOLVE } from '../../../dsl/numerics/matrices/factors.js';
import type { Kernel } from '../kernel.js';
import { eachMatrix } from '../reach.js';
import { hostOf } from '../host/host-of.js';
import { bySharedMatrix } from './shared-matrix.js';

export const triangularSolve: Kernel = {
  ...hostOf(TRIANGULAR_SOLVE),
  canonical: ({ adjoint }) => ({ adjoint: adjoint === true }),
  shape: ({ b }) => b,
  batch: bySharedMatrix('l'),
  reach: eachMatrix,
  work: 'factor',
};

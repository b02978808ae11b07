/** The lower Cholesky factors of matrices. */
import { CHOLESKY } from '../../../dsl/numerics/matrices/factors.js';
import type { Kernel } from '../kernel.js';
import { eachMatrix } from '../reach.js';
import { hostOf } from '../host/host-of.js';

export const cholesky: Kernel = {
  ...hostOf(CHOLESKY),
  shape: ({ a }) => a,
  batch: ({ at, again }) => again({ a: at('a') }),
  reach: eachMatrix,
  work: 'factor',
};

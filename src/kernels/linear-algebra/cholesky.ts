/** The lower Cholesky factors of matrices. */
import { CHOLESKY, choleskyOwed } from '../../../dsl/numerics/factors.js';
import type { Kernel } from '../kernel.js';
import { hostOf } from '../host/host-of.js';

export const cholesky: Kernel = {
  name: CHOLESKY.name,
  shape: ({ a }) => a,
  vjp: { a: ({ dy, y }) => choleskyOwed(y, dy) },
  batch: ({ at, again }) => again({ a: at('a') }),
  host: hostOf(CHOLESKY),
  work: 'factor',
};

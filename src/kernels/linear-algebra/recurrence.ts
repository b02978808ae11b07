/** Linear recurrences. */
import { RECURRENCE } from '../../../dsl/numerics/series/recurrence.js';
import type { Kernel } from '../kernel.js';
import { hostOf } from '../host/host-of.js';

export const recurrence: Kernel = {
  ...hostOf(RECURRENCE),
  shape: ({ e }) => e,
  batch: ({ spread, again }) => again({ coefficients: spread('coefficients'), e: spread('e') }),
  work: 'factor',
};

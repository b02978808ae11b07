/** The logarithms of the sizes of determinants. */
import { LOG_ABS_DET } from '../../../dsl/numerics/matrices/elimination.js';
import type { Kernel } from '../kernel.js';
import { eachMatrix } from '../reach.js';
import { hostOf } from '../host/host-of.js';

export const logAbsDet: Kernel = {
  ...hostOf(LOG_ABS_DET),
  shape: ({ a }) => a && { ...a, shape: a.shape.slice(0, -2) },
  batch: ({ at, again }) => again({ a: at('a') }),
  reach: eachMatrix,
  work: 'factor',
};

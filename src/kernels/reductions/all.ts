/** Whether all elements along some axes are true. */
import type { Kernel } from '../kernel.js';
import { batchedReduction, canonicalAxes, reducedShape } from './axes.js';

export const all: Kernel = {
  name: 'All',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis', 'bool'),
  vjp: 'zero',
  batch: batchedReduction('axis'),
};

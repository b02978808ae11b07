/** Whether any element along some axes is true. */
import type { Kernel } from '../kernel.js';
import { batchedReduction, canonicalAxes, reducedShape } from './axes.js';

export const any: Kernel = {
  name: 'Any',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis', 'bool'),
  vjp: 'zero',
  batch: batchedReduction('axis'),
};

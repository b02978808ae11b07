/** Σ x over some axes. */
import type { Kernel } from '../kernel.js';
import { axesIn, batchedReduction, canonicalAxes, reducedShape, withAxesBack } from './axes.js';

export const sum: Kernel = {
  name: 'Sum',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis'),
  vjp: {
    x: (site) => withAxesBack(site, site.dy, axesIn(site, 'axis')),
  },
  batch: batchedReduction('axis'),
};

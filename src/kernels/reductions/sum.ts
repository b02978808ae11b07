/** Σ x over some axes. */
import * as tf from '@tensorflow/tfjs';
import type { Kernel } from '../kernel.js';
import { axesIn, batchedReduction, canonicalAxes, reducedShape, withAxesBack } from './axes.js';

export const sum: Kernel = {
  name: 'Sum',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis'),
  vjp: {
    x: (site) => tf.broadcastTo(withAxesBack(site, site.dy, axesIn(site, 'axis')), [...site.at('x').shape]),
  },
  batch: batchedReduction('axis'),
};

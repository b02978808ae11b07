/** Σ x / n over some axes. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/shape.js';
import type { Kernel, Vjp } from '../kernel.js';
import { axesIn, batchedReduction, canonicalAxes, reducedShape, withAxesBack } from './axes.js';

/** dy / n at each of the n places. */
const vjp: Vjp = (site) => {
  const axes = axesIn(site, 'axis');
  const { shape } = site.at('x');
  return withAxesBack(site, tf.div(site.dy, sizeOf(axes.map((axis) => shape[axis] ?? 1))), axes);
};

export const mean: Kernel = {
  name: 'Mean',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis', 'float32'),
  vjp: { x: vjp },
  batch: batchedReduction('axis'),
};

/** Whether any element along some axes is true. */
import type { Kernel } from '../kernel.js';
import { batchedReduction, canonicalAxes, reducedReach, reducedShape } from './axes.js';
import { folded } from './elements.js';
import { extremeBy } from './onnx.js';

export const any: Kernel = {
  name: 'Any',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis', 'bool'),
  vjp: 'zero',
  batch: batchedReduction('axis'),
  reach: reducedReach('axis'),
  onnx: extremeBy('ReduceMax'),
  element: folded({ start: '0', combine: (so, next) => `(${so} || ${next} ? 1 : 0)` }),
};

/** Whether all elements along some axes are true. */
import type { Kernel } from '../kernel.js';
import { batchedReduction, canonicalAxes, reducedReach, reducedShape } from './axes.js';
import { folded } from './elements.js';
import { extremeBy } from './onnx.js';

export const all: Kernel = {
  name: 'All',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis', 'bool'),
  vjp: 'zero',
  batch: batchedReduction('axis'),
  reach: reducedReach('axis'),
  onnx: extremeBy('ReduceMin'),
  element: folded({ start: '1', combine: (so, next) => `(${so} && ${next} ? 1 : 0)` }),
};

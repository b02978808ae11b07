/** Σ x over some axes. */
import { sum as added } from '../../code/javascript/block.js';
import type { Site } from '../../code/onnx/builder.js';
import { onesOf } from '../../code/onnx/long-sums.js';
import { reshaped } from '../../code/onnx/moves.js';
import type { Kernel } from '../kernel.js';
import {
  axesIn,
  batchedReduction,
  canonicalAxes,
  reducedReach,
  reducedShape,
  withAxesBack,
} from './axes.js';
import { folded } from './elements.js';
import { axesOfSite, reduced, sumInStages } from './onnx.js';

/** Fewer rows than this are added up as fast by the reduction. */
const MANY_ROWS = 8;

/** Rows added up as a product with ones, which the runtime does at twice the speed. */
const sumOfRows = (site: Site): string | undefined => {
  const { b, at, value, out } = site;
  const { shape, dtype } = value('x');
  const [rows = 0] = shape;
  const fits = shape.length === 2 && dtype === 'float32' && rows >= MANY_ROWS;
  if (!fits || axesOfSite(site).join() !== '0') return undefined;
  return reshaped(b, b.op('Gemm', [onesOf(b, rows), at('x')]), out.shape);
};

export const sum: Kernel = {
  name: 'Sum',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis'),
  vjp: {
    x: (site) => withAxesBack(site, site.dy, axesIn(site, 'axis')),
  },
  batch: batchedReduction('axis'),
  reach: reducedReach('axis'),
  onnx: (site) => {
    const x = site.at('x');
    const staged = site.out.dtype === 'float32' ? sumInStages(site, x) : undefined;
    return staged ?? sumOfRows(site) ?? reduced(site, 'ReduceSum', x);
  },
  element: folded(added),
};

/** Σ x / n over some axes. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { axesOf } from '../../graph/attributes.js';
import { literal, sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import { converted } from '../../code/onnx/casting.js';
import type { Kernel, Vjp } from '../kernel.js';
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

/** dy / n at each of the n places. */
const vjp: Vjp = (site) => {
  const axes = axesIn(site, 'axis');
  const { shape } = site.at('x');
  return withAxesBack(site, tf.div(site.dy, sizeOf(axes.map((axis) => shape[axis] ?? 1))), axes);
};

const onnx: Translation = (site) => {
  const { b, at, value } = site;
  const { shape, dtype } = value('x');
  const x = converted(b, at('x'), dtype, 'float32');
  const staged = sumInStages(site, x);
  if (staged === undefined) return reduced(site, 'ReduceMean', x);
  const terms = sizeOf(axesOfSite(site).map((axis) => shape[axis] ?? 1));
  return b.op('Div', [staged, b.scalar(terms)]);
};

const element: ElementRule = (site, block, index) => {
  const { shape } = site.value('x');
  const axes = axesOf(site.attributes['axis'], shape);
  const terms = sizeOf(axes.map((axis) => shape[axis] ?? 1));
  return block.name(`(${folded(sum)(site, block, index)} / ${literal(terms)})`);
};

export const mean: Kernel = {
  name: 'Mean',
  work: 'fold',
  canonical: canonicalAxes('axis'),
  shape: reducedShape('axis', 'float32'),
  vjp: { x: vjp },
  batch: batchedReduction('axis'),
  reach: reducedReach('axis'),
  onnx,
  element,
};

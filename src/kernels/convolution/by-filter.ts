/** The gradient of a convolution by its filter: df[t, c, q] = Σ_n Σ_o x[n, place(o, t), c] dy[n, o, q]. */
import type { BatchRule, Kernel } from '../kernel.js';
import { numbers } from '../../graph/attributes.js';
import { type Family, byInput, convolve, inPlane, inSpace } from './dense.js';
import { byFilterEach } from './each-draw.js';
import { convolvedByFilter } from './elements.js';
import { channelAxis, joined, parted, timesAt } from './layout.js';
import { dense } from './onnx.js';
import { canonicalConvolution, placementIn, toldShape } from './placement.js';

const batch =
  (family: Family): BatchRule =>
  ({ at, isBatched, again, attributes, value, size }) => {
    const [x, dy, shape] = [at('x'), at('dy'), numbers(attributes['filterShape'])];
    if (isBatched('x') && isBatched('dy')) {
      return byFilterEach(family, x, dy, shape, placementIn(attributes));
    }
    const channels = channelAxis(attributes, value('x'));
    const axis = shape.length - (isBatched('x') ? 2 : 1);
    const inputs = isBatched('x')
      ? { x: joined(x, channels), dy }
      : { x, dy: joined(dy, channels) };
    const told = { ...attributes, filterShape: timesAt(shape, axis, size) };
    return again(inputs, told).map((df) => parted(df, axis, size));
  };

const kernel = (family: Family): Kernel => ({
  name: family.byFilter,
  work: 'windows',
  canonical: canonicalConvolution(family.byFilter),
  shape: toldShape('filterShape'),
  vjp: {
    x: ({ dy: direction, at, attributes }) =>
      byInput(family, at('dy'), direction, at('x').shape, placementIn(attributes)),
    dy: ({ dy: direction, at, attributes }) =>
      convolve(family, at('x'), direction, placementIn(attributes)),
  },
  batch: batch(family),
  onnx: dense.byFilter,
  element: convolvedByFilter(family.byFilter),
});

export const conv2dByFilter = kernel(inPlane);
export const conv3dByFilter = kernel(inSpace);

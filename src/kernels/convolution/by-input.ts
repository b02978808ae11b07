/**
 * The gradient of a convolution by its images, which is also the transposed convolution:
 * dx[n, i, c] = Σ_t Σ_q dy[n, o, q] f[t, c, q] over the windows o that have place i at t.
 */
import type { BatchRule, Kernel } from '../kernel.js';
import { eachImage } from '../reach.js';
import { numbers } from '../../graph/attributes.js';
import { type Family, byFilter, convolve, inPlane, inSpace } from './dense.js';
import { byInputEach } from './each-draw.js';
import { convolvedByInput } from './elements.js';
import { channelAxis, joined, parted, timesAt } from './layout.js';
import { dense } from './onnx.js';
import { canonicalConvolution, placementIn, toldShape } from './placement.js';

const batch =
  (family: Family): BatchRule =>
  ({ at, isBatched, again, attributes, value, size }) => {
    const [dy, filter, shape] = [at('dy'), at('filter'), numbers(attributes['inputShape'])];
    if (isBatched('dy') && isBatched('filter')) {
      return byInputEach(family, dy, filter, shape, placementIn(attributes));
    }
    const axis = isBatched('dy') ? 0 : channelAxis(attributes, value('dy'));
    const told = { ...attributes, inputShape: timesAt(shape, axis, size) };
    const inputs = isBatched('dy')
      ? { dy: joined(dy, 0), filter }
      : { dy, filter: joined(filter, value('filter').shape.length - 2) };
    return again(inputs, told).map((dx) => parted(dx, axis, size));
  };

const kernel = (family: Family): Kernel => ({
  name: family.byInput,
  work: 'windows',
  canonical: canonicalConvolution(family.byInput),
  shape: toldShape('inputShape'),
  vjp: {
    dy: ({ dy: direction, at, attributes }) =>
      convolve(family, direction, at('filter'), placementIn(attributes)),
    filter: ({ dy: direction, at, attributes }) =>
      byFilter(family, direction, at('dy'), at('filter').shape, placementIn(attributes)),
  },
  batch: batch(family),
  reach: eachImage('dy'),
  onnx: dense.byInput,
  element: convolvedByInput(family.byInput),
});

export const conv2dByInput = kernel(inPlane);
export const conv3dByInput = kernel(inSpace);

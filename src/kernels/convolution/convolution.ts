/** Images by filters that take all channels: y[n, o, q] = Σ_t Σ_c x[n, place(o, t), c] f[t, c, q]. */
import type { BatchRule, Kernel } from '../kernel.js';
import { eachImage } from '../reach.js';
import { type Family, byFilter, byInput, inPlane, inSpace } from './dense.js';
import { convolveEach } from './each-draw.js';
import { convolved } from './elements.js';
import { channelAxis, joined, parted } from './layout.js';
import { dense } from './onnx.js';
import { canonicalConvolution, placementIn, windowedShape } from './placement.js';

/** Draws of images are more images, and draws of filters more channels. */
const batch =
  (family: Family): BatchRule =>
  ({ at, isBatched, again, attributes, value, size }) => {
    const [x, filter] = [at('x'), at('filter')];
    if (isBatched('x') && isBatched('filter')) {
      return convolveEach(family, x, filter, placementIn(attributes));
    }
    const [axis, made] = isBatched('x')
      ? [0, again({ x: joined(x, 0), filter })]
      : [
          channelAxis(attributes, value('x')),
          again({ x, filter: joined(filter, value('filter').shape.length - 1) }),
        ];
    return made.map((y) => parted(y, axis, size));
  };

const kernel = (family: Family): Kernel => ({
  name: family.forward,
  work: 'windows',
  canonical: canonicalConvolution(family.forward),
  shape: windowedShape(family.forward),
  vjp: {
    x: ({ dy, at, attributes }) =>
      byInput(family, dy, at('filter'), at('x').shape, placementIn(attributes)),
    filter: ({ dy, at, attributes }) =>
      byFilter(family, at('x'), dy, at('filter').shape, placementIn(attributes)),
  },
  batch: batch(family),
  reach: eachImage('x'),
  onnx: dense.forward,
  element: convolved(family.forward),
});

export const conv2d = kernel(inPlane);
export const conv3d = kernel(inSpace);

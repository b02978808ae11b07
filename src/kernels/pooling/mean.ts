/** The mean of the numbers of each window that are no padding. */
import * as tf from '@tensorflow/tfjs';
import { call } from '../call.js';
import { joined, parted } from '../convolution/layout.js';
import { windowedShape } from '../convolution/placement.js';
import type { Kernel } from '../kernel.js';
import { eachImage } from '../reach.js';
import { mean, meanGradient } from './elements.js';
import { avgPoolGrad, pool } from './onnx.js';
import { canonicalPool, imagesShape } from './placement.js';

interface Family {
  readonly forward: 'AvgPool' | 'AvgPool3D';
  readonly backward: 'AvgPoolGrad' | 'AvgPool3DGrad';
}

const forward = (family: Family): Kernel => ({
  name: family.forward,
  work: 'windows',
  canonical: canonicalPool(family.forward),
  shape: windowedShape(family.forward),
  vjp: {
    x: ({ dy, at, attributes }) => call(family.backward, { dy, input: at('x') }, attributes),
  },
  batch: ({ at, again, size }) => again({ x: joined(at('x'), 0) }).map((y) => parted(y, 0, size)),
  reach: eachImage('x'),
  onnx: pool('AveragePool'),
  element: mean(family.forward),
});

/** Of the images no more than the shape is used. */
const backward = ({ forward: pooled, backward: name }: Family): Kernel => ({
  name,
  work: 'windows',
  canonical: canonicalPool(name),
  shape: imagesShape,
  vjp: { dy: ({ dy: direction, attributes }) => call(pooled, { x: direction }, attributes) },
  batch: ({ spread, again, value, size }) => {
    const [images = 1, ...shape] = value('input').shape;
    const input = tf.zeros([size * images, ...shape]);
    return again({ dy: joined(spread('dy'), 0), input }).map((dx) => parted(dx, 0, size));
  },
  onnx: avgPoolGrad,
  element: meanGradient(name),
});

const inPlane: Family = { forward: 'AvgPool', backward: 'AvgPoolGrad' };
const inSpace: Family = { forward: 'AvgPool3D', backward: 'AvgPool3DGrad' };

export const meanPools: readonly Kernel[] = [inPlane, inSpace].flatMap((family) => [
  forward(family),
  backward(family),
]);

/**
 * The largest number of each window. Its gradient goes to the place that has it: of several to the first in two
 * dimensions, and to the last in three, as backends do.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { placesIn } from '../../graph/windows.js';
import { call } from '../call.js';
import { joined, parted } from '../convolution/layout.js';
import { framed, windowedShape, windowsWith } from '../convolution/placement.js';
import type { Attributes, Kernel } from '../kernel.js';
import { eachImage } from '../reach.js';
import { maximum, maximumGradient, maximumGradientWhole } from './elements.js';
import { maxPoolGrad, pool } from './onnx.js';
import { canonicalPool, imagesShape } from './placement.js';

/** What lies in x at the place of each window's largest number in `images`: 0 where it has none above −∞. */
const picked = (kernel: string, x: Tensor, images: Tensor, attributes: Attributes): Tensor => {
  const { axes, outShape } = windowsWith(kernel, { x: images }, attributes);
  const frame = axes.map(({ before, after }): [number, number] => [before, after]);
  const [values, numbers] = [framed(x, 1, frame), framed(images, 1, frame, -Infinity)];
  const at = (all: Tensor, place: readonly number[]): Tensor => {
    const strides = [1, ...axes.map(({ stride }) => stride), 1];
    const begin = [0, ...place, 0];
    const end = begin.map((from, i) => from + ((outShape[i] ?? 1) - 1) * (strides[i] ?? 1) + 1);
    return tf.stridedSlice(all, begin, end, strides);
  };
  const isBetter: (a: Tensor, b: Tensor) => Tensor =
    axes.length === 3 ? tf.greaterEqual : tf.greater;
  const none = { best: tf.scalar(-Infinity), found: tf.scalar(0) };
  return placesIn(axes).reduce<Readonly<Record<'best' | 'found', Tensor>>>(
    ({ best, found }, place) => {
      const next = at(numbers, place);
      const better = isBetter(next, best);
      return {
        best: tf.where(better, next, best),
        found: tf.where(better, at(values, place), found),
      };
    },
    none,
  ).found;
};

interface Family {
  readonly forward: 'MaxPool' | 'MaxPool3D';
  readonly backward: 'MaxPoolGrad' | 'MaxPool3DGrad';
  /** Of several places that have the largest number, the last has the gradient. */
  readonly isLast: boolean;
}

const forward = ({ forward: name, backward }: Family): Kernel => ({
  name,
  work: 'windows',
  canonical: canonicalPool(name),
  shape: windowedShape(name),
  vjp: {
    x: ({ dy, at, y, attributes }) => call(backward, { dy, input: at('x'), output: y }, attributes),
  },
  batch: ({ at, again, size }) => again({ x: joined(at('x'), 0) }).map((y) => parted(y, 0, size)),
  reach: eachImage('x'),
  onnx: pool('MaxPool'),
  element: maximum(name),
});

/** Linear in dy, and constant almost everywhere in the images. */
const backward = ({ forward: pooled, backward: name, isLast }: Family): Kernel => ({
  name,
  work: 'windows',
  canonical: canonicalPool(name),
  shape: imagesShape,
  vjp: {
    dy: ({ dy: direction, at, attributes }) => picked(pooled, direction, at('input'), attributes),
  },
  batch: ({ spread, again, size, inputs }) =>
    again(Object.fromEntries(inputs.map((input) => [input, joined(spread(input), 0)]))).map((dx) =>
      parted(dx, 0, size),
    ),
  onnx: maxPoolGrad(isLast),
  element: maximumGradient(name),
  whole: maximumGradientWhole(name),
});

const inPlane: Family = { forward: 'MaxPool', backward: 'MaxPoolGrad', isLast: false };
const inSpace: Family = { forward: 'MaxPool3D', backward: 'MaxPool3DGrad', isLast: true };

export const maxPools: readonly Kernel[] = [inPlane, inSpace].flatMap((family) => [
  forward(family),
  backward(family),
]);

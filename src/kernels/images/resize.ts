/** Images in other sizes: each pixel a mean of two along each axis, or the nearest one. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { numbers } from '../../graph/attributes.js';
import type { Translation } from '../../code/onnx/builder.js';
import { call } from '../call.js';
import { joined, parted } from '../convolution/layout.js';
import type { Attributes, Kernel, ShapeRule } from '../kernel.js';
import { eachImage } from '../reach.js';
import { type Written, byPlace, resized, resizedGradient } from './resize-elements.js';
import { resizeBilinear, resizeGrad, resizeNearest } from './resize-onnx.js';
import { type Sampling, bilinear, nearest, shares } from './sampling.js';

interface Family {
  readonly name: 'ResizeBilinear' | 'ResizeNearestNeighbor';
  readonly sampling: Sampling;
  readonly onnx: Translation;
  readonly written: Written;
  /** Means of whole numbers are none. */
  readonly dtype?: 'float32';
}

const shape =
  ({ dtype }: Family): ShapeRule =>
  ({ images }, { size }) => {
    if (images === undefined) return undefined;
    const [batch = 1, , , depth = 1] = images.shape;
    return { shape: [batch, ...numbers(size), depth], dtype: dtype ?? images.dtype };
  };

/**
 * Each pixel goes back to the places that it was made of: a product with a matrix of shares along each axis.
 * The kernels that TensorFlow.js has for it forget `halfPixelCenters`.
 */
const gradient = (
  { sampling }: Family,
  images: Tensor,
  dy: Tensor,
  attributes: Attributes,
): Tensor => {
  const [batch = 1, height = 1, width = 1, depth = 1] = images.shape;
  const [, rows = 1, columns = 1] = dy.shape;
  const matrix = (from: number, to: number): Tensor =>
    tf.tensor(Float32Array.from(shares(from, sampling(from, to, attributes))), [from, to]);
  const lines = tf.reshape(dy, [batch, rows, columns * depth]);
  const tall = tf.matMul(matrix(height, rows), lines);
  const pixels = tf.reshape(tall, [batch * height, columns, depth]);
  return tf.reshape(tf.matMul(matrix(width, columns), pixels), [batch, height, width, depth]);
};

const canonical: NonNullable<Kernel['canonical']> = ({ size, alignCorners, halfPixelCenters }) => ({
  size: numbers(size),
  alignCorners: alignCorners === true,
  halfPixelCenters: halfPixelCenters === true,
});

const resize = (family: Family): Kernel => ({
  name: family.name,
  work: 'windows',
  canonical,
  shape: shape(family),
  vjp: { images: ({ dy, at, attributes }) => gradient(family, at('images'), dy, attributes) },
  batch: ({ at, again, size }) =>
    again({ images: joined(at('images'), 0) }).map((y) => parted(y, 0, size)),
  reach: eachImage('images'),
  onnx: family.onnx,
  element: resized(family.written),
});

/** TensorFlow.js's kernel for the gradient, whose own is the resizing. Of the images the shape is used. */
const backward = ({ name, sampling, written }: Family): Kernel => ({
  name: `${name}Grad`,
  work: 'windows',
  canonical,
  shape: ({ images }) => images,
  vjp: {
    dy: ({ dy: direction, at, attributes }) =>
      call(name, { images: direction }, { ...attributes, size: at('dy').shape.slice(1, 3) }),
  },
  batch: ({ spread, again, value, size }) => {
    const [batch = 1, ...rest] = value('images').shape;
    const images = tf.zeros([size * batch, ...rest]);
    return again({ dy: joined(spread('dy'), 0), images }).map((dx) => parted(dx, 0, size));
  },
  onnx: resizeGrad(sampling),
  element: resizedGradient(written),
});

const families: readonly Family[] = [
  {
    name: 'ResizeBilinear',
    sampling: bilinear,
    onnx: resizeBilinear,
    written: byPlace.bilinear,
    dtype: 'float32',
  },
  {
    name: 'ResizeNearestNeighbor',
    sampling: nearest,
    onnx: resizeNearest,
    written: byPlace.nearest,
  },
];

export const resizing: readonly Kernel[] = families.flatMap((family) => [
  resize(family),
  backward(family),
]);

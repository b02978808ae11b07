/** Images in other sizes, and the gradients of that, in operators of ONNX. */
import { type Pixel, type Sampling, bilinear, nearest, shares } from './sampling.js';
import { numbers } from '../../graph/attributes.js';
import { type Builder, type Site, type Translation, int } from '../../code/onnx/builder.js';
import { converted } from '../../code/onnx/casting.js';
import { reshaped } from '../../code/onnx/moves.js';

/** Height and width, each with its pixels; images are [batch, height, width, depth]. */
const sampled = (
  { value, attributes }: Site,
  sampling: Sampling,
  size: readonly number[],
): readonly [readonly Pixel[], readonly Pixel[]] => {
  const [, height = 1, width = 1] = value('images').shape;
  const [rows = 1, columns = 1] = size;
  return [sampling(height, rows, attributes), sampling(width, columns, attributes)];
};

const resize =
  (
    sampling: Sampling,
    along: (b: Builder, x: string, pixels: readonly Pixel[], axis: number) => string,
  ): Translation =>
  (site) => {
    const { b, at, value, out } = site;
    const [rows, columns] = sampled(site, sampling, numbers(site.attributes['size']));
    const x = converted(b, at('images'), value('images').dtype, out.dtype);
    return along(b, along(b, x, columns, 2), rows, 1);
  };

const picked = (b: Builder, x: string, indices: readonly number[], axis: number): string =>
  b.op('Gather', [x, b.ints(indices)], { axis: int(axis) });

const blended = (b: Builder, x: string, pixels: readonly Pixel[], axis: number): string => {
  const low = picked(
    b,
    x,
    pixels.map((p) => p.low),
    axis,
  );
  const high = picked(
    b,
    x,
    pixels.map((p) => p.high),
    axis,
  );
  const shape = [pixels.length, ...Array.from({ length: 3 - axis }, () => 1)];
  const fraction = b.constant(
    'float32',
    shape,
    pixels.map((p) => p.fraction),
  );
  return b.op('Add', [low, b.op('Mul', [b.op('Sub', [high, low]), fraction])]);
};

const sharesOf = (b: Builder, from: number, pixels: readonly Pixel[]): string =>
  b.constant('float32', [from, pixels.length], shares(from, pixels));

/**
 * The gradient by the image: each pixel goes back to the places that it was made of.
 * TensorFlow.js's own kernels forget `halfPixelCenters` on the way back.
 */
export const resizeGrad =
  (sampling: Sampling): Translation =>
  (site) => {
    const { b, at, value, out } = site;
    const [batch = 1, height = 1, width = 1, depth = 1] = out.shape;
    const size = value('dy').shape.slice(1, 3);
    const [columnCount = 1] = size.slice(1);
    const [rows, columns] = sampled(site, sampling, size);
    const lines = reshaped(b, at('dy'), [batch, rows.length, columnCount * depth]);
    const tall = b.op('MatMul', [sharesOf(b, height, rows), lines]);
    const columnsOf = reshaped(b, tall, [batch * height, columnCount, depth]);
    const whole = b.op('MatMul', [sharesOf(b, width, columns), columnsOf]);
    return reshaped(b, whole, out.shape);
  };

export const resizeBilinear = resize(bilinear, blended);

export const resizeNearest = resize(nearest, (b, x, pixels, axis) =>
  picked(
    b,
    x,
    pixels.map((p) => p.low),
    axis,
  ),
);

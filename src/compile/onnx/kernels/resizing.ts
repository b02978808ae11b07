/** Images in other sizes, and the gradients of that. */
import { numbers } from '../../attributes.js';
import { type Builder, type Site, type Translation, int } from '../builder.js';
import { converted } from '../casting.js';
import { reshaped } from './shaping.js';

/** What a pixel of the result is made of, along one axis: low + fraction (high − low). */
interface Pixel {
  readonly low: number;
  readonly high: number;
  readonly fraction: number;
}

type Attributes = Readonly<Record<string, unknown>>;

/** The pixels along an axis of `from` places that becomes one of `to`. */
type Sampling = (from: number, to: number, attributes: Attributes) => readonly Pixel[];

/** Where pixel i lies: corners go to corners, or edges to edges. */
const places = (from: number, to: number, a: Attributes): readonly number[] => {
  const ratio = a['alignCorners'] === true && to > 1 ? (from - 1) / (to - 1) : from / to;
  const centre = a['halfPixelCenters'] === true ? 0.5 : 0;
  return Array.from({ length: to }, (_, i) => ratio * (i + centre));
};

const nearest: Sampling = (from, to, a) =>
  places(from, to, a).map((place) => {
    const rounded = a['alignCorners'] === true ? Math.round(place) : Math.floor(place);
    const index = Math.min(from - 1, rounded);
    return { low: index, high: index, fraction: 0 };
  });

const bilinear: Sampling = (from, to, a) =>
  places(from, to, a).map((centred) => {
    const place = a['halfPixelCenters'] === true ? centred - 0.5 : centred;
    const low = Math.max(0, Math.floor(place));
    return { low, high: Math.min(from - 1, Math.ceil(place)), fraction: place - low };
  });

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

/** [from, to]: how much of each place of the image is in each pixel. */
const shares = (b: Builder, from: number, pixels: readonly Pixel[]): string =>
  b.constant(
    'float32',
    [from, pixels.length],
    Array.from({ length: from }, (_, i) =>
      pixels.map(
        ({ low, high, fraction }) => (low === i ? 1 - fraction : 0) + (high === i ? fraction : 0),
      ),
    ).flat(),
  );

/**
 * The gradient by the image: each pixel goes back to the places that it was made of.
 * TensorFlow.js's own kernels forget `halfPixelCenters` on the way back.
 */
const resizeGrad =
  (sampling: Sampling): Translation =>
  (site) => {
    const { b, at, value, out } = site;
    const [batch = 1, height = 1, width = 1, depth = 1] = out.shape;
    const size = value('dy').shape.slice(1, 3);
    const [columnCount = 1] = size.slice(1);
    const [rows, columns] = sampled(site, sampling, size);
    const lines = reshaped(b, at('dy'), [batch, rows.length, columnCount * depth]);
    const tall = b.op('MatMul', [shares(b, height, rows), lines]);
    const columnsOf = reshaped(b, tall, [batch * height, columnCount, depth]);
    const whole = b.op('MatMul', [shares(b, width, columns), columnsOf]);
    return reshaped(b, whole, out.shape);
  };

export const resizing: Readonly<Record<string, Translation>> = {
  ResizeBilinear: resize(bilinear, blended),
  ResizeBilinearGrad: resizeGrad(bilinear),
  ResizeNearestNeighbor: resize(nearest, (b, x, pixels, axis) =>
    picked(
      b,
      x,
      pixels.map((p) => p.low),
      axis,
    ),
  ),
  ResizeNearestNeighborGrad: resizeGrad(nearest),
};

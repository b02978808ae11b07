/** Images in other sizes, element by element. */
import { type Block, literal, sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import type { Index } from '../../code/javascript/indexing.js';
import type { Attributes } from '../kernel.js';
import { type Sampling, bilinear, nearest } from './sampling.js';

/** What a pixel is made of, as atoms: known where its index is. */
interface WrittenPixel {
  readonly low: Index;
  readonly high: Index;
  readonly fraction: string;
}

export interface Written {
  readonly sampling: Sampling;
  /** For an index that is not known. */
  readonly pixel: (place: string, last: number, b: Block, a: Attributes) => WrittenPixel;
}

export const byPlace: Readonly<Record<'bilinear' | 'nearest', Written>> = {
  nearest: {
    sampling: nearest,
    pixel: (place, last, b, { alignCorners }) => {
      const rounded = `Math.${alignCorners === true ? 'round' : 'floor'}(${place})`;
      const low = b.name(`Math.min(${last}, ${rounded})`);
      return { low, high: low, fraction: '0' };
    },
  },
  bilinear: {
    sampling: bilinear,
    pixel: (place, last, b, { halfPixelCenters }) => {
      const from = halfPixelCenters === true ? b.name(`(${place} - 0.5)`) : place;
      const low = b.name(`Math.max(0, Math.floor(${from}))`);
      const high = b.name(`Math.min(${last}, Math.ceil(${from}))`);
      return { low, high, fraction: b.name(`(${from} - ${low})`) };
    },
  },
};

const pixelAt = (
  { sampling, pixel }: Written,
  [from, to]: readonly [number, number],
  index: Index,
  block: Block,
  a: Attributes,
): WrittenPixel => {
  if (typeof index === 'number') {
    const { low = 0, high = 0, fraction = 0 } = sampling(from, to, a)[index] ?? {};
    return { low, high, fraction: literal(fraction) };
  }
  const ratio = a['alignCorners'] === true && to > 1 ? (from - 1) / (to - 1) : from / to;
  const centre = a['halfPixelCenters'] === true ? 0.5 : 0;
  return pixel(block.name(`(${ratio} * (${index} + ${centre}))`), from - 1, block, a);
};

export const resized =
  (how: Written): ElementRule =>
  ({ read, value, attributes, outs }, block, index) => {
    const [, height = 1, width = 1] = value('images').shape;
    const [, rows = 1, columns = 1] = outs[0]?.shape ?? [];
    const [image = 0, r = 0, c = 0, channel = 0] = index;
    const row = pixelAt(how, [height, rows], r, block, attributes);
    const column = pixelAt(how, [width, columns], c, block, attributes);
    const at = (y: Index, x: Index): string => read(block, 'images', [image, y, x, channel]);
    const between = (low: string, high: string, fraction: string): string =>
      fraction === '0' ? low : block.name(`(${low} + (${high} - ${low}) * ${fraction})`);
    const along = (y: Index): string =>
      between(at(y, column.low), at(y, column.high), column.fraction);
    return between(along(row.low), along(row.high), row.fraction);
  };

/** How much of a place is in a pixel. */
const share = (place: Index, { low, high, fraction }: WrittenPixel): string =>
  `((${low} === ${place} ? 1 - ${fraction} : 0) + (${high} === ${place} ? ${fraction} : 0))`;

export const resizedGradient =
  (how: Written): ElementRule =>
  ({ read, value, attributes, outs }, block, index) => {
    const [, rows = 1, columns = 1] = value('dy').shape;
    const [, height = 1, width = 1] = outs[0]?.shape ?? [];
    const [image = 0, y = 0, x = 0, channel = 0] = index;
    return block.fold(sum, [rows], ([r = 0], b) => {
      const tall = b.name(share(y, pixelAt(how, [height, rows], r, b, attributes)));
      const line = b.fold(sum, [columns], ([c = 0], inner) => {
        const wide = share(x, pixelAt(how, [width, columns], c, inner, attributes));
        return inner.name(`(${wide} * ${read(inner, 'dy', [image, r, c, channel])})`);
      });
      return b.name(`(${tall} * ${line})`);
    });
  };

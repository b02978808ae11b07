import * as fc from 'fast-check';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { imageGrid, type ImageGrid } from '../../../examples/pictures/png.js';

/** The grey levels of a PNG as rows of bytes. */
const read = (png: Uint8Array): readonly (readonly number[])[] => {
  const { width, height, data } = PNG.sync.read(Buffer.from(png));
  return Array.from({ length: height }, (_, y) => {
    const row = data.subarray(4 * y * width, 4 * (y + 1) * width);
    return [...row].filter((_level, at) => at % 4 === 0);
  });
};

const three: ImageGrid = {
  images: new Float32Array([0, 1, 0.2, -3, 7, NaN]),
  count: 3,
  rows: 1,
  columns: 2,
  across: 2,
};

describe('imageGrid', () => {
  it('lays images out row by row, clamps levels, and fills the rest', () => {
    expect(read(imageGrid({ ...three, background: 0.6 }))).toEqual([
      [153, 153, 153, 153, 153, 153, 153],
      [153, 0, 255, 153, 51, 0, 153],
      [153, 153, 153, 153, 153, 153, 153],
      [153, 255, 0, 153, 153, 153, 153],
      [153, 153, 153, 153, 153, 153, 153],
    ]);
  });

  it('without a gap images touch', () => {
    expect(read(imageGrid({ ...three, gap: 0, across: 3 }))).toEqual([[0, 255, 51, 0, 255, 0]]);
  });

  it('scale repeats every pixel', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.nat({ max: 2 }), (scale, gap) => {
        const small = read(imageGrid({ ...three, gap }));
        const repeat = <A>(items: readonly A[]): readonly A[] =>
          items.flatMap((item) => Array.from({ length: scale }, () => item));
        expect(read(imageGrid({ ...three, gap, scale }))).toEqual(repeat(small.map(repeat)));
      }),
    );
  });

  it('refuses sizes that do not fit, with the cure', () => {
    expect(() => imageGrid({ ...three, count: 2 })).toThrow(
      /expected 2 x 1 x 2 = 4 levels, got 6;/,
    );
    expect(() => imageGrid({ ...three, across: 0 })).toThrow(/expected across .* got 0;/);
    expect(() => imageGrid({ ...three, scale: 1.5 })).toThrow(/expected scale .* got 1.5;/);
    expect(() => imageGrid({ ...three, gap: -1 })).toThrow(/expected gap .* got -1;/);
  });
});

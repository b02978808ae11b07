import { PNG } from 'pngjs';

/** Grey images to lay out in a grid, row by row. Sizes are in pixels of the images. */
export interface ImageGrid {
  /** count x rows x columns grey levels, row-major: 0 is black, 1 is white. */
  readonly images: Float32Array;
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** Images in one row of the grid. */
  readonly across: number;
  /** Width of the lines between images and around them; 1 if not given. */
  readonly gap?: number;
  /** Each pixel becomes scale x scale pixels, without smoothing; 1 if not given. */
  readonly scale?: number;
  /** Grey level of the lines and of the places left over; 0.5 if not given. */
  readonly background?: number;
}

/** PNG's colour type of one grey channel. */
const GREY = 0;

const check = (what: string, got: number, least: number): void => {
  if (!Number.isInteger(got) || got < least) {
    throw new RangeError(
      `imageGrid: expected ${what} to be a whole number, ${least} or more, got ${got}; ` +
        'sizes and the scale are counted in whole pixels.',
    );
  }
};

/** Level 0..1 to a byte, clamped. Written so that NaN is black: such a pixel must not end a report. */
const toByte = (level: number): number => (level > 0 ? Math.round(255 * Math.min(level, 1)) : 0);

/**
 * The bytes of a grey PNG that shows the images in a grid.
 *
 * Pixels are (across · (columns + gap) + gap) · scale wide; levels outside 0..1 are clamped and NaN
 * is black. Throws if a size is not a whole number of pixels or does not fit the array.
 *
 * @example
 * ```ts
 * const images = new Float32Array([0, 0.25, 0.75, 1]);
 * const png = imageGrid({ images, count: 2, rows: 1, columns: 2, across: 1, scale: 8 });
 * String.fromCharCode(...png.slice(1, 4)); // 'PNG'
 * ```
 */
export const imageGrid = (grid: ImageGrid): Uint8Array => {
  const { images, count, rows, columns, across, gap = 1, scale = 1, background = 0.5 } = grid;
  check('count', count, 1);
  check('rows', rows, 1);
  check('columns', columns, 1);
  check('across', across, 1);
  check('gap', gap, 0);
  check('scale', scale, 1);
  if (images.length !== count * rows * columns) {
    throw new RangeError(
      `imageGrid: expected ${count} x ${rows} x ${columns} = ${count * rows * columns} levels, ` +
        `got ${images.length}; pass the count and the size that the array was made with.`,
    );
  }
  const width = (across * (columns + gap) + gap) * scale;
  const height = (Math.ceil(count / across) * (rows + gap) + gap) * scale;

  const levelAt = (x: number, y: number): number => {
    const left = Math.floor(x / scale) - gap;
    const top = Math.floor(y / scale) - gap;
    const column = left % (columns + gap);
    const row = top % (rows + gap);
    const image = Math.floor(top / (rows + gap)) * across + Math.floor(left / (columns + gap));
    const inside = left >= 0 && top >= 0 && column < columns && row < rows;
    return inside ? (images[(image * rows + row) * columns + column] ?? background) : background;
  };

  const png = new PNG({ width, height });
  png.data = Buffer.alloc(width * height);
  for (let at = 0; at < png.data.length; at++) {
    png.data[at] = toByte(levelAt(at % width, Math.floor(at / width)));
  }
  return new Uint8Array(
    PNG.sync.write(png, { colorType: GREY, inputColorType: GREY, inputHasAlpha: false }),
  );
};

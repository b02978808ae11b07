/** Digits of 8x8 pixels: drawn here and made small, or the optical digits of a file. */
import { type Key, foldIn, key as keyOf } from 'marginalia';
import { permutation } from 'marginalia/random';
import { pathIn } from './folder.js';
import { drawnDigits } from './image-files.js';
import { type LabelledImages, type Split, imageAt, imagesAt } from './images.js';
import { numbersIn } from './text.js';

const SIDE = 8;
const PIXELS = SIDE * SIDE;

/** As many as the file has. */
const COUNT = 1797;

/** Means over 3x3 pixels of the middle 24x24, which hold all of the ink but soft edges. */
const small = (levels: Float32Array): readonly number[] =>
  Array.from({ length: PIXELS }, (_, pixel) => {
    const [top, left] = [2 + 3 * Math.floor(pixel / SIDE), 2 + 3 * (pixel % SIDE)];
    const block = [0, 1, 2].flatMap((y) => [0, 1, 2].map((x) => (top + y) * 28 + left + x));
    return block.reduce((sum, at) => sum + (levels[at] ?? 0), 0) / block.length;
  });

const drawnSmall = (key: Key): LabelledImages => {
  const large = drawnDigits(COUNT, foldIn(key, 'optical digits'));
  const levels = Array.from(large.labels, (_, i) => small(imageAt(large, i)));
  return { ...large, rows: SIDE, columns: SIDE, grey: Float32Array.from(levels.flat()) };
};

/** 64 pixels from 0 to 16, then the label. */
const read = (path: string): LabelledImages => {
  const rows = numbersIn(path, { width: PIXELS + 1, headings: 0 });
  return {
    count: rows.length,
    rows: SIDE,
    columns: SIDE,
    grey: Float32Array.from(rows.flatMap((row) => row.slice(0, PIXELS).map((x) => x / 16))),
    labels: Uint8Array.from(rows, (row) => row[PIXELS] ?? 0),
  };
};

/**
 * Small digits with their labels: drawn from the key, or those of `digits.csv.gz` in the folder or its
 * `tabular`. Which of the file's are for the test does not depend on the key, so that figures of
 * several seeds compare.
 */
export const loadOpticalDigits = (
  folder: string | undefined,
  key: Key,
  { test = 360 }: { readonly test?: number } = {},
): Split<LabelledImages> => {
  const all =
    folder === undefined
      ? drawnSmall(key)
      : read(pathIn(folder, ['digits.csv.gz', 'tabular/digits.csv.gz']));
  const order = [...permutation(keyOf(0), all.count)];
  return {
    train: imagesAt(all, order.slice(test)),
    test: imagesAt(all, order.slice(0, test)),
    source: folder === undefined ? 'drawn digits of 8x8' : 'optical digits',
  };
};

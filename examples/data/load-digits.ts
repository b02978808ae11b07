/** Digits of 28x28 pixels: drawn here, or those of MNIST. */
import { dirname } from 'node:path';
import { type Key, foldIn } from 'marginalia';
import { type IdxImages, readIdx, readImages, showIdxError } from 'marginalia/data';
import { Refusal, orRefuse } from '../command-line/refusal.js';
import { pathIn } from './folder.js';
import { TEST, TEST_FILES, TRAIN, TRAIN_FILES, drawnDigits } from './image-files.js';
import {
  type Images,
  type LabelledImages,
  type Split,
  binarisedOnce,
  imagesFrom,
} from './images.js';

/** How many images are taken: all of a file where it is left out, 8000 and 1000 of what is drawn. */
export interface Counts {
  readonly train?: number;
  readonly test?: number;
}

const places = (folder: string, names: readonly string[]): readonly string[] =>
  ['', `${folder}/`].flatMap((place) =>
    names.flatMap((name) => [`${place}${name}`, `${place}${name}.gz`]),
  );

/** The first images of a file, cut before they become floats: MNIST has 47 million pixels. */
const some = ({ count, rows, columns, values }: IdxImages, most = count): Images => {
  const kept = Math.min(count, most);
  return imagesFrom({
    count: kept,
    rows,
    columns,
    values: values.subarray(0, kept * rows * columns),
  });
};

const imagesOf = async (path: string, most: number | undefined): Promise<Images> =>
  some(orRefuse(await readImages(path, { rows: 28, columns: 28 })(), showIdxError), most);

const withLabels = async (images: Images, path: string): Promise<LabelledImages> => {
  const { shape, values } = orRefuse(await readIdx(path)(), showIdxError);
  if (shape.length !== 1 || values.length < images.count) {
    throw new Refusal(
      `${path}: expected a label for each of ${images.count} images, got shape ${shape.join('x')}.`,
    );
  }
  return { ...images, labels: values.slice(0, images.count) };
};

const drawn = (key: Key, { train = TRAIN, test = TEST }: Counts): Split<LabelledImages> => ({
  train: drawnDigits(train, foldIn(key, 'train digits')),
  test: drawnDigits(test, foldIn(key, 'test digits')),
  source: 'drawn digits',
});

const labelsBeside = (images: string): string => {
  const name = images.endsWith('.gz') ? '.gz' : '';
  const kind = images.slice(dirname(images).length + 1).split('-')[0] ?? '';
  return pathIn(dirname(images), [`${kind}-labels-idx1-ubyte${name}`, `${kind}-labels-idx1-ubyte`]);
};

/** Digits with their labels: drawn from the key, or MNIST's from the folder or its `mnist`. */
export const loadDigits = async (
  folder: string | undefined,
  key: Key,
  counts: Counts = {},
): Promise<Split<LabelledImages>> => {
  if (folder === undefined) return drawn(key, counts);
  const load = async (names: readonly string[], most: number | undefined) => {
    const path = pathIn(folder, places('mnist', names));
    return withLabels(await imagesOf(path, most), labelsBeside(path));
  };
  return {
    train: await load(TRAIN_FILES, counts.train),
    test: await load(TEST_FILES, counts.test),
    source: 'MNIST',
  };
};

/** Digits with pixels of 0 and 1, drawn once: from the key, or those of the folder or its `binarized-mnist`. */
export const loadBinarisedMnist = async (
  folder: string | undefined,
  key: Key,
  counts: Counts = {},
): Promise<Split> => {
  if (folder === undefined) {
    const { train, test } = drawn(key, counts);
    return {
      train: binarisedOnce(train, foldIn(key, 'train pixels')),
      test: binarisedOnce(test, foldIn(key, 'test pixels')),
      source: 'drawn digits, pixels drawn once',
    };
  }
  const load = (names: readonly string[], most: number | undefined) =>
    imagesOf(pathIn(folder, places('binarized-mnist', names)), most);
  return {
    train: await load(TRAIN_FILES, counts.train),
    test: await load(TEST_FILES, counts.test),
    source: 'statically binarised MNIST',
  };
};

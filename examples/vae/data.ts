/** The images of the main job: drawn here, or read from IDX files. */
import * as tf from '@tensorflow/tfjs';
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import {
  type Dataset,
  type IdxError,
  type IdxImages,
  type Key,
  type Tensor,
  bernoulliBits,
  bernoulliRows,
  foldIn,
  readImagesIn,
} from 'marginalia';
import { digits } from './digits.js';

/** Grey images, a row each, values from 0 to 1. */
export interface Images {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly grey: Float32Array;
}

export interface Split {
  readonly train: Images;
  readonly test: Images;
  readonly source: string;
}

const TRAIN = 8000;
const TEST = 1000;

const drawnDigits = (count: number, key: Key): Images => {
  const { images, rows, columns } = digits({ count, key });
  return { count, rows, columns, grey: images };
};

/** Files with values of 0 and 1 only are binary images already; others are grey levels. */
const fromIdx = ({ count, rows, columns, values }: IdxImages): Images => {
  // Loops: the methods of typed arrays that take a function need seconds for all of MNIST.
  let top = 1;
  for (let i = 0; i < values.length && top === 1; i += 1) if ((values[i] ?? 0) > 1) top = 255;
  const grey = new Float32Array(values.length);
  for (let i = 0; i < grey.length; i += 1) grey[i] = (values[i] ?? 0) / top;
  return { count, rows, columns, grey };
};

/** The training and test images: from `folder`, or else drawn from the key. */
export const loadImages = (folder: string | undefined, key: Key): TE.TaskEither<IdxError, Split> =>
  folder === undefined
    ? TE.right({
        train: drawnDigits(TRAIN, foldIn(key, 'train digits')),
        test: drawnDigits(TEST, foldIn(key, 'test digits')),
        source: 'drawn digits',
      })
    : pipe(
        TE.Do,
        TE.bind('train', () => readImagesIn(folder, ['train-images-idx3-ubyte'])),
        TE.bind('test', () =>
          readImagesIn(folder, ['t10k-images-idx3-ubyte', 'test-images-idx3-ubyte']),
        ),
        TE.map(({ train, test }) => ({
          train: fromIdx(train),
          test: fromIdx(test),
          source: folder,
        })),
      );

const pixelsOf = ({ rows, columns }: Images): number => rows * columns;

/** Batches whose pixels are drawn afresh each step, each a Bernoulli from its grey level. */
export const binarised = (images: Images): Dataset<Tensor> =>
  bernoulliRows(images.grey, [pixelsOf(images)]);

/** The images with their pixels drawn once. */
export const binarisedOnce = (images: Images, key: Key): Images => ({
  ...images,
  grey: bernoulliBits(key, images.grey),
});

/** Some consecutive images as a tensor `[count, pixels]`. */
export const imageRows = (images: Images, from: number, to: number): Tensor => {
  const width = pixelsOf(images);
  return tf.tensor2d(images.grey.slice(from * width, to * width), [to - from, width]);
};

/** The images of a folder of IDX files, training and test files in it, or images that are drawn here. */
import * as TE from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import { type Key, foldIn } from 'marginalia';
import { type IdxError, readImagesIn } from 'marginalia/data';
import { digits } from './digits.js';
import { type LabelledImages, type Split, imagesFrom } from './images.js';

/** How many images are drawn where a number is not asked for. */
export const TRAIN = 8000;
export const TEST = 1000;

/** Drawn digits, 28x28. */
export const drawnDigits = (count: number, key: Key): LabelledImages => {
  const { images, labels, rows, columns } = digits({ count, key });
  return { count, rows, columns, grey: images, labels };
};

/** The names that training and test images go by. */
export const TRAIN_FILES = ['train-images-idx3-ubyte'] as const;
export const TEST_FILES = ['t10k-images-idx3-ubyte', 'test-images-idx3-ubyte'] as const;

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
        TE.bind('train', () => readImagesIn(folder, TRAIN_FILES)),
        TE.bind('test', () => readImagesIn(folder, TEST_FILES)),
        TE.map(({ train, test }) => ({
          train: imagesFrom(train),
          test: imagesFrom(test),
          source: folder,
        })),
      );

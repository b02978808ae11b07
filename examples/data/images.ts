/** Grey images: what all examples take, wherever it comes from. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type Tensor, key, rowsOf } from 'marginalia';
import { type Dataset, type IdxImages, bernoulliRows } from 'marginalia/data';
import { permutation, randomBernoulli } from 'marginalia/random';

/** Grey images, a row each, values from 0 to 1. */
export interface Images {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  readonly grey: Float32Array;
  /** The class of each, from 0, where they have one. */
  readonly labels?: Uint8Array;
}

/** Images whose classes are known. */
export interface LabelledImages extends Images {
  readonly labels: Uint8Array;
}

/** Images to train on and to test on, and what they are. */
export interface Split<I extends Images = Images> {
  readonly train: I;
  readonly test: I;
  readonly source: string;
}

/** The numbers of an image. */
export const pixelsOf = ({ rows, columns }: Images): number => rows * columns;

/** Files with values of 0 and 1 only are binary images already; others are grey levels. */
export const imagesFrom = ({ count, rows, columns, values }: IdxImages): Images => {
  // Loops: the methods of typed arrays that take a function need seconds for all of MNIST.
  let top = 1;
  for (let i = 0; i < values.length && top === 1; i += 1) if ((values[i] ?? 0) > 1) top = 255;
  const grey = new Float32Array(values.length);
  for (let i = 0; i < grey.length; i += 1) grey[i] = (values[i] ?? 0) / top;
  return { count, rows, columns, grey };
};

/** Batches of the images as they are, `[batch, pixels]`. */
export const greyRows = (images: Images): Dataset<Tensor> =>
  rowsOf(images.grey, [pixelsOf(images)]);

/** Batches whose pixels are drawn afresh each step, each a Bernoulli from its grey level. */
export const binarised = (images: Images): Dataset<Tensor> =>
  bernoulliRows(images.grey, [pixelsOf(images)]);

/** The images with their pixels drawn once. */
export const binarisedOnce = <I extends Images>(images: I, from: Key): I => ({
  ...images,
  grey: randomBernoulli(from, images.grey),
});

/** Some consecutive images as a tensor `[count, pixels]`. */
export const imageRows = (images: Images, from = 0, to = images.count): Tensor => {
  const width = pixelsOf(images);
  return tf.tensor2d(images.grey.slice(from * width, to * width), [to - from, width]);
};

/** The levels of one image. */
export const imageAt = (images: Images, i: number): Float32Array =>
  images.grey.subarray(i * pixelsOf(images), (i + 1) * pixelsOf(images));

/** The first images, each by itself. */
export const firstImages = (images: Images, count: number): readonly Float32Array[] =>
  Array.from({ length: count }, (_, i) => imageAt(images, i));

/** The images of some rows, in that order, with their labels. */
export const imagesAt = <I extends Images>(images: I, rows: readonly number[]): I => {
  const width = pixelsOf(images);
  const grey = new Float32Array(rows.length * width);
  rows.forEach((row, i) => grey.set(imageAt(images, row), i * width));
  const labels = images.labels && Uint8Array.from(rows, (row) => images.labels?.[row] ?? 0);
  return { ...images, count: rows.length, grey, ...(labels && { labels }) };
};

/** So many images from all of them, always the same: files may be sorted by what they show. */
export const someImages = <I extends Images>(images: I, count: number): I =>
  imagesAt(images, [...permutation(key(0), images.count).subarray(0, count)]);

/** The images `from` to `to`, or as many of them as there are. */
export const imagesBetween = <I extends Images>(images: I, from: number, to: number): I => {
  const end = Math.min(to, images.count);
  const width = pixelsOf(images);
  const labels = images.labels?.slice(from, end);
  return {
    ...images,
    count: end - from,
    grey: images.grey.slice(from * width, end * width),
    ...(labels && { labels }),
  };
};

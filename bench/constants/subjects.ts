/** Small functions whose times, subtracted from each other, are the constants of the cost model. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';

/** A function of named tensors, and inputs of the shapes that it is measured at. */
export interface Subject {
  readonly f: (inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>;
  readonly example: Readonly<Record<string, Tensor>>;
}

/** Numbers between ½ and 1½ without pattern, which every function is defined at. */
export const filled = (shape: readonly number[], seed = 1): Tensor =>
  tf.tensor(
    Float32Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      (_, i) => 1 + 0.5 * Math.sin(seed + i * 1.3),
    ),
    [...shape],
  );

const only = (f: (x: Tensor) => Tensor, shape: readonly number[]): Subject => ({
  f: ({ x = tf.scalar(0) }) => ({ y: f(x) }),
  example: { x: filled(shape) },
});

/** Σ_j g(c_j x) over `terms` different factors, so that no two terms are the same. */
export const termsOf = (
  g: (x: Tensor) => Tensor,
  terms: number,
  shape: readonly number[],
): Subject =>
  only(
    (x) =>
      Array.from({ length: terms }, (_, j) => g(tf.mul(x, 0.5 + j / terms))).reduce((a, b) =>
        tf.add(a, b),
      ),
    shape,
  );

/** `ports` numbers in, and the same plus one out. */
export const ports = (count: number, shape: readonly number[]): Subject => ({
  f: (inputs) =>
    Object.fromEntries(Object.entries(inputs).map(([name, x]) => [`y${name}`, tf.add(x, 1)])),
  example: Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, filled(shape, i)])),
});

/** Sums of `terms` multiples of a matrix, each down one axis. */
export const foldsOf = (terms: number, [m, n]: readonly [number, number], axis: number): Subject =>
  only(
    (x) =>
      Array.from({ length: terms }, (_, j) => tf.sum(tf.mul(x, 0.5 + j / terms), axis)).reduce(
        (a, b) => tf.add(a, b),
      ),
    [m, n],
  );

export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** A product, of which the first row goes out: what costs is the product, not the copy. */
export const productOf = ({
  m,
  k,
  n,
  transposeA = false,
  transposeB = false,
}: Product): Subject => ({
  f: ({ a = tf.scalar(0), b = tf.scalar(0) }) => ({
    y: tf.slice(tf.matMul(a, b, transposeA, transposeB), [0, 0], [1, n]),
  }),
  example: {
    a: filled(transposeA ? [k, m] : [m, k]),
    b: filled(transposeB ? [n, k] : [k, n], 2),
  },
});

const rowsAmong = (count: number, rows: number): tf.Tensor1D =>
  tf.tensor1d(
    Int32Array.from({ length: count }, (_, i) => (i * 7919) % rows),
    'int32',
  );

/** Rows of a table, taken and added up. */
export const gatherOf = (rows: number, width: number, count: number): Subject => ({
  f: ({ table = tf.scalar(0), at = tf.scalar(0) }) => ({
    y: tf.sum(tf.gather(table, at.as1D().toInt())),
  }),
  example: { table: filled([rows, width]), at: rowsAmong(count, rows) },
});

/** Rows added into a table. */
export const scatterOf = (rows: number, width: number, count: number): Subject => ({
  f: ({ x = tf.scalar(0), at = tf.scalar(0) }) => ({
    y: tf.sum(tf.unsortedSegmentSum(x, at.as1D().toInt(), rows)),
  }),
  example: { x: filled([count, width]), at: rowsAmong(count, rows) },
});

/** A matrix, transposed and added to another in parts. */
export const moveOf = (terms: number, [m, n]: readonly [number, number]): Subject =>
  only(
    (x) => {
      const parts = Array.from({ length: terms }, (_, j) =>
        tf.transpose(tf.mul(x, 0.5 + j / terms)),
      );
      return parts.reduce((a, b) => tf.add(a, b));
    },
    [m, n],
  );

export interface Convolution {
  readonly images: number;
  readonly side: number;
  readonly channels: number;
  readonly window: number;
}

/** A convolution that keeps the form of its images, with its gradients by image and filter. */
export const convolutionOf = ({ images, side, channels, window }: Convolution): Subject => ({
  f: ({ x = tf.scalar(0), filter = tf.scalar(0) }) => {
    const sums = (a: Tensor, b: Tensor): Tensor =>
      tf.sum(
        tf.square(
          tf.conv2d(
            a.as4D(images, side, side, channels),
            b.as4D(window, window, channels, channels),
            1,
            'same',
          ),
        ),
      );
    const [byImage, byFilter] = tf.grads(sums)([x, filter]);
    return { byImage: byImage ?? x, byFilter: byFilter ?? filter };
  },
  example: {
    x: filled([images, side, side, channels]),
    filter: filled([window, window, channels, channels], 2),
  },
});

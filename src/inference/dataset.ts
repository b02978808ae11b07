/** Data that is visited in minibatches. */
import * as tf from '@tensorflow/tfjs';
import { leavesOf, withLeaves } from '../compile/container.js';
import { type Key, foldIn, permutation } from '../random/index.js';

/** `size` elements, and a batch of any of them; `key` is for noise in the data, fresh each step. */
export interface Dataset<B extends tf.TensorContainer> {
  readonly size: number;
  readonly batch: (rows: Int32Array, key: Key) => B;
  /**
   * Whether a batch depends on its rows alone and not on the key. Where a batch is all of the data,
   * many steps are then taken at once.
   */
  readonly fixed?: boolean;
}

/** The order in which an epoch visits the elements. */
export const epochOrder = (key: Key, size: number, epoch: number): Int32Array =>
  permutation(foldIn(foldIn(key, 'epoch'), epoch), size);

/**
 * Batches in an epoch; the last may be short.
 *
 * @example
 * ```ts
 * stepsPerEpoch(10, 4); // 3
 * ```
 */
export const stepsPerEpoch = (size: number, batchSize: number): number =>
  Math.ceil(size / batchSize);

/**
 * A resident array of rows as a data set of `[count, ...shape]` float32 batches.
 *
 * @example
 * ```ts
 * const rows = rowsOf(new Float32Array([1, 2, 3, 4]), [2]);
 * rows.batch(new Int32Array([1, 0]), key(0)).arraySync(); // [[3, 4], [1, 2]]
 * ```
 */
export const rowsOf = (values: Float32Array, shape: readonly number[]): Dataset<tf.Tensor> => {
  const width = shape.reduce((a, b) => a * b, 1);
  if (width === 0 || values.length % width !== 0) {
    throw new RangeError(
      `rowsOf: expected a whole number of rows of ${width} values, but got ${values.length} values; ` +
        'check the shape of a row.',
    );
  }
  return {
    size: values.length / width,
    fixed: true,
    batch: (rows) => tf.tensor(gatherRows(values, width, rows), [rows.length, ...shape]),
  };
};

const LONG_ROW = 64;

/**
 * Copies rows of a flat array, in the order asked for.
 *
 * @example
 * ```ts
 * gatherRows(new Float32Array([1, 2, 3, 4]), 2, new Int32Array([1])); // new Float32Array([3, 4])
 * ```
 */
export const gatherRows = (values: Float32Array, width: number, rows: Int32Array): Float32Array => {
  const out = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    // For a short row a view costs more than its copy.
    if (width > LONG_ROW) out.set(values.subarray(row * width, (row + 1) * width), i * width);
    else for (let k = 0; k < width; k += 1) out[i * width + k] = values[row * width + k] ?? 0;
  });
  return out;
};

/** What batches are made of. */
export interface BatchOptions<B extends tf.TensorContainer> {
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly shuffle?: boolean;
}

/** The batch of any step; each epoch's order is made once. The caller frees it. */
export const batchesOf = <B extends tf.TensorContainer>(
  { data, batchSize, shuffle = true }: BatchOptions<B>,
  key: Key,
): ((step: number) => B) => {
  const perEpoch = stepsPerEpoch(data.size, batchSize);
  const order: { epoch: number; rows: Int32Array } = { epoch: -1, rows: new Int32Array() };
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== order.epoch) {
      order.epoch = epoch;
      order.rows =
        shuffle && batchSize < data.size
          ? epochOrder(key, data.size, epoch)
          : Int32Array.from({ length: data.size }, (_, i) => i);
    }
    const start = (step % perEpoch) * batchSize;
    return tf.tidy(() => {
      const rows = order.rows.slice(start, start + batchSize);
      const batch = data.batch(rows, foldIn(foldIn(key, 'batch'), step));
      // Tensors of our own to free: a data set may hand out the same ones every time.
      const copies = leavesOf(batch).map(([path, x]) => [path, tf.clone(x)] as const);
      return withLeaves(batch, Object.fromEntries(copies));
    });
  };
};

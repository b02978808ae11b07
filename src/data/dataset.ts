/** Data that is visited in minibatches. */
import * as tf from '@tensorflow/tfjs';
import type { Values } from '../compile/arena.js';
import type { BatchArrays } from '../compile/container.js';
import { copyNumbers } from '../../dsl/tensors/copy-numbers.js';
import type { Key } from '../random/index.js';

/** `size` elements, and a batch of any of them; `key` is for noise in the data, fresh each step. */
export interface Dataset<B extends tf.TensorContainer> {
  readonly size: number;
  readonly batch: (rows: Int32Array, key: Key) => B;
  /**
   * Puts the numbers of that same batch into arrays, in the form of the batch, where compiled steps
   * read them. A data set that has it trains without making tensors; what a batch is, but for the
   * numbers in its tensors, must then depend on how many rows it has alone. `rows` and `into` are lent
   * for the call. Training holds both against each other at the first batch of each size.
   */
  readonly write?: (rows: Int32Array, key: Key, into: BatchArrays<B>) => void;
  /**
   * Whether a batch depends on its rows alone and not on the key. Where a batch is all of the data,
   * it is then made once for many steps.
   */
  readonly fixed?: boolean;
}

/** How many numbers a row of a shape has; throws unless some values are whole rows. */
export const rowWidth = (who: string, values: Float32Array, shape: readonly number[]): number => {
  const width = shape.reduce((a, b) => a * b, 1);
  if (width === 0 || values.length % width !== 0) {
    throw new RangeError(
      `${who}: expected a whole number of rows of ${width} values, but got ${values.length} values; ` +
        'check the shape of a row.',
    );
  }
  return width;
};

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
  const width = rowWidth('rowsOf', values, shape);
  return {
    size: values.length / width,
    fixed: true,
    batch: (rows) => tf.tensor(gatherRows(values, width, rows), [rows.length, ...shape]),
    write: (rows, _, into) => writeRows(values, width, rows, into),
  };
};

/**
 * Copies rows of a flat array into another, in the order asked for.
 *
 * @example
 * ```ts
 * const into = new Float32Array(2);
 * writeRows(new Float32Array([1, 2, 3, 4]), 2, new Int32Array([1]), into);
 * into; // new Float32Array([3, 4])
 * ```
 */
export const writeRows = (values: Values, width: number, rows: Int32Array, into: Values): void => {
  for (let i = 0; i < rows.length; i += 1) {
    copyNumbers(values, (rows[i] ?? 0) * width, width, into, i * width);
  }
};

/**
 * Rows of a flat array, in the order asked for.
 *
 * @example
 * ```ts
 * gatherRows(new Float32Array([1, 2, 3, 4]), 2, new Int32Array([1])); // new Float32Array([3, 4])
 * ```
 */
export const gatherRows = (values: Float32Array, width: number, rows: Int32Array): Float32Array => {
  const out = new Float32Array(rows.length * width);
  writeRows(values, width, rows, out);
  return out;
};

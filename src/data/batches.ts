/** The batches of a run: which elements each step visits, and by which key. */
import * as tf from '@tensorflow/tfjs';
import { type BatchArrays, leavesOf, withLeaves } from '../compile/container.js';
import { type Key, foldIn, permutation } from '../random/index.js';
import { foldNumber } from '../random/key.js';
import type { Dataset } from './dataset.js';
import { checkWrite } from './write-check.js';

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

/** How many elements the batch of a step has. */
export const batchSizeAt = (size: number, batchSize: number, step: number): number =>
  Math.min(batchSize, size - (step % stepsPerEpoch(size, batchSize)) * batchSize);

/** What batches are made of. */
export interface BatchOptions<B extends tf.TensorContainer> {
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly shuffle?: boolean;
}

/** The batch of any step; each epoch's order is made once. */
export interface Batches<B> {
  /** The batch of a step. The caller frees it. */
  readonly at: (step: number) => B;
  /** How many elements it has. */
  readonly sizeAt: (step: number) => number;
  /** Whether all steps have the same batch. */
  readonly same: boolean;
  /** Puts it where it is read, into arrays in its form; left out where the data set cannot. */
  readonly write?: (step: number, into: BatchArrays<B>) => void;
}

/** The batches of a run by a key. */
export const batchesOf = <B extends tf.TensorContainer>(
  { data, batchSize, shuffle = true }: BatchOptions<B>,
  key: Key,
): Batches<B> => {
  const perEpoch = stepsPerEpoch(data.size, batchSize);
  const sizeAt = (step: number): number => batchSizeAt(data.size, batchSize, step);
  const order: { epoch: number; rows: Int32Array } = { epoch: -1, rows: new Int32Array() };
  const orderAt = (step: number): Int32Array => {
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== order.epoch) {
      order.epoch = epoch;
      order.rows =
        shuffle && batchSize < data.size
          ? epochOrder(key, data.size, epoch)
          : Int32Array.from({ length: data.size }, (_, i) => i);
    }
    return order.rows;
  };
  const own = foldIn(key, 'batch');
  const [k0, k1] = [own[0] | 0, own[1] | 0];
  const words = new Uint32Array(2);
  const keyAt = (step: number): Key => {
    foldNumber(k0, k1, step, words);
    return [words[0] ?? 0, words[1] ?? 0];
  };
  /** Rows by their number, lent to one call of `write` after another. */
  const lent = new Map<number, Int32Array>();
  const lentRows = (step: number): Int32Array => {
    const size = sizeAt(step);
    const rows = lent.get(size) ?? new Int32Array(size);
    lent.set(size, rows);
    const all = orderAt(step);
    const start = (step % perEpoch) * batchSize;
    for (let i = 0; i < size; i += 1) rows[i] = all[start + i] ?? 0;
    return rows;
  };
  const checked = new Set<number>();
  const { write } = data;
  return {
    at: (step) =>
      tf.tidy(() => {
        const rows = lentRows(step).slice();
        const batch = data.batch(rows, keyAt(step));
        if (write !== undefined && !checked.has(rows.length)) {
          checkWrite(data, rows, keyAt(step), batch);
          checked.add(rows.length);
        }
        // Tensors of our own to free: a data set may hand out the same ones every time.
        const copies = leavesOf(batch).map(([path, x]) => [path, tf.clone(x)] as const);
        return withLeaves(batch, Object.fromEntries(copies));
      }),
    sizeAt,
    same: data.fixed === true && perEpoch === 1,
    ...(write && { write: (step, into) => write(lentRows(step), keyAt(step), into) }),
  };
};

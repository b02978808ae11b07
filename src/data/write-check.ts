/** The law of a data set that writes in place: `write` gives the numbers of `batch`. */
import type * as tf from '@tensorflow/tfjs';
import { type Values, otherThan } from '../compile/arena.js';
import { emptyArrayOf, leavesOf, withArrays } from '../compile/container.js';
import type { Key } from '../random/index.js';
import type { Dataset } from './dataset.js';

const same = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b));

/** Throws a `RangeError` unless a data set writes a batch of rows and key as it makes it. */
export const checkWrite = <B extends tf.TensorContainer>(
  { write }: Pick<Dataset<B>, 'write'>,
  rows: Int32Array,
  key: Key,
  batch: B,
): void => {
  if (write === undefined) return;
  const written = new Map<string, Values>();
  const into = withArrays(batch, (path, x) => {
    const array = emptyArrayOf(x);
    const values = x.dataSync();
    for (let i = 0; i < array.length; i += 1) array[i] = otherThan(values[i] ?? 0);
    written.set(path, array);
    return array;
  });
  write(rows, key, into);
  for (const [path, x] of leavesOf(batch)) {
    const [values, array] = [x.dataSync(), written.get(path)];
    for (let i = 0; i < values.length; i += 1) {
      const [expected, received] = [values[i] ?? 0, array?.[i] ?? Number.NaN];
      if (same(expected, received)) continue;
      throw new RangeError(
        `data: expected 'write' to put the numbers of 'batch', but number ${i} of ${path} is ` +
          `${expected} by 'batch' and ${received} by 'write', in a batch of ${rows.length} rows; ` +
          "make both from the same rows and key, and write every number, or leave 'write' out.",
      );
    }
  }
};

import type * as tf from '@tensorflow/tfjs';
import type { BatchArrays } from '../compile/container.js';
import { type Key, folderOf } from '../random/key.js';
import type { Dataset } from './dataset.js';

/** Data sets by name, of the batches that lie in a record under the same names. */
export type Parts<R extends tf.TensorContainerObject> = {
  readonly [K in keyof R]: Dataset<R[K]>;
};

type Part = Dataset<tf.TensorContainer>;

/** The size that all parts have. */
const sizeOf = (parts: readonly (readonly [string, Part])[]): number => {
  const [first, ...others] = parts;
  if (first === undefined) throw new RangeError('zipped: expected some data sets, but got none.');
  const [name, { size }] = first;
  const other = others.find(([, part]) => part.size !== size);
  if (other !== undefined) {
    throw new RangeError(
      `zipped: expected data sets of one size, but '${name}' has ${size} elements and '${other[0]}' ` +
        `has ${other[1].size}; give each element a row in all of them.`,
    );
  }
  return size;
};

/**
 * Data sets of the same elements side by side: a batch is the record of their batches of the same rows.
 *
 * Each part whose batches depend on a key has `foldIn(key, name)`. Where all parts write in place, so
 * does the whole. Throws a `RangeError` where sizes differ.
 *
 * @example
 * ```ts
 * const data = zipped({
 *   x: rowsOf(new Float32Array([1, 2, 3, 4]), [2]),
 *   y: rowsOf(new Float32Array([5, 6]), []),
 * });
 * const { x, y } = data.batch(new Int32Array([1]), key(0));
 * x.arraySync(); // [[3, 4]]
 * y.arraySync(); // [6]
 * ```
 */
export function zipped<R extends tf.TensorContainerObject>(parts: Parts<R>): Dataset<R>;
export function zipped(named: Readonly<Record<string, Part>>): Dataset<tf.TensorContainerObject> {
  const parts = Object.entries(named);
  const keyed = parts.map(([name, part]) => {
    const fold = folderOf(name);
    const keyOf = (key: Key): Key => (part.fixed === true ? key : fold(key));
    return { name, part, keyOf };
  });
  const writers = keyed.flatMap(({ name, part: { write }, keyOf }) =>
    write === undefined ? [] : [{ name, write, keyOf }],
  );
  const write = (rows: Int32Array, key: Key, into: BatchArrays<tf.TensorContainerObject>): void => {
    for (const { name, write: own, keyOf } of writers) own(rows, keyOf(key), into[name]);
  };
  return {
    size: sizeOf(parts),
    fixed: parts.every(([, { fixed }]) => fixed === true),
    batch: (rows, key) =>
      Object.fromEntries(
        keyed.map(({ name, part, keyOf }) => [name, part.batch(rows, keyOf(key))]),
      ),
    ...(writers.length === parts.length && { write }),
  };
}

import type * as tf from '@tensorflow/tfjs';
import type { BatchArrays } from '../compile/container.js';
import { refuseUnknown } from '../../dsl/refusals/unknown-names.js';
import { checkOptions, whole } from '../../dsl/refusals/options.js';
import { type Key, permutation } from '../random/index.js';
import { folderOf } from '../random/key.js';
import type { Dataset } from './dataset.js';
import { type Parts, zipped } from './zipped.js';

type Part = Dataset<tf.TensorContainer>;

/** A data set as one of so many elements as it is asked of, of which it gives `count` rows of its own. */
const drawing = (name: string, part: Part, count: number, size: number): Part => {
  const fold = folderOf(`rows of ${name}`);
  const all = count === part.size;
  const rowsAt = (key: Key): Int32Array =>
    all
      ? Int32Array.from({ length: count }, (_, i) => i)
      : permutation(fold(key), part.size).subarray(0, count);
  const { batch, write } = part;
  return {
    size,
    fixed: all && part.fixed === true,
    batch: (_, key) => batch(rowsAt(key).slice(), key),
    ...(write && {
      write: (_: Int32Array, key: Key, into: BatchArrays<tf.TensorContainer>) =>
        write(rowsAt(key), key, into),
    }),
  };
};

/**
 * Data sets of different sizes side by side: a batch is the record of a batch of each. Those in `rows` give so
 * many rows of their own in each batch, drawn without replacement by its key; the others are of one size,
 * which is that of the whole, and give the rows that a batch visits, as `zipped` does. Labelled rows beside
 * unlabelled ones are such.
 *
 * An epoch visits the others once. Each row of a part that draws is as likely as any, so that in a plate
 * `{ size, count }` of its full size its terms are unbiased. A draw costs time in proportion to the part's size.
 *
 * Errors: a part that is not there throws a `SiteError`; a number of rows that a part does not have, and to draw
 * from all, throw a `RangeError`, and so do the others where their sizes differ.
 *
 * @example
 * ```ts
 * const data = sideBySide(
 *   { unlabelled: rowsOf(new Float32Array([1, 2, 3, 4]), []), labelled: rowsOf(new Float32Array([5, 6, 7]), []) },
 *   { labelled: 2 },
 * );
 * data.size; // 4
 * const { unlabelled, labelled } = data.batch(new Int32Array([3]), key(0));
 * unlabelled.arraySync(); // [4]
 * labelled.shape; // [2]
 * ```
 */
export function sideBySide<R extends tf.TensorContainerObject>(
  parts: Parts<R>,
  rows: Readonly<Partial<Record<NoInfer<keyof R>, number>>>,
): Dataset<R>;
export function sideBySide(
  named: Readonly<Record<string, Part>>,
  rows: Readonly<Record<string, number | undefined>>,
): Dataset<tf.TensorContainerObject> {
  const names = Object.keys(named);
  refuseUnknown(
    Object.keys(rows),
    names,
    'a part of sideBySide, whose rows are given',
    (name) => `rows '${name}'`,
  );
  checkOptions(
    'sideBySide: rows',
    rows,
    Object.fromEntries(names.map((name) => [name, whole(1, named[name]?.size)])),
  );
  const [first] = Object.entries(named).filter(([name]) => rows[name] === undefined);
  if (first === undefined) {
    throw new RangeError(
      'sideBySide: expected a part that gives the rows that a batch visits, but all draw their own; leave one out of rows.',
    );
  }
  const { size } = first[1];
  return zipped(
    Object.fromEntries(
      Object.entries(named).map(([name, part]) => {
        const count = rows[name];
        return [name, count === undefined ? part : drawing(name, part, count, size)];
      }),
    ),
  );
}

/** Data sets that write their batches where these are read: the numbers are those of `batch`. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Key, type Tensor, foldIn, key, rowsOf } from 'marginalia';
import { type Dataset, bernoulliRows, gatherRows, zipped } from 'marginalia/data';
import { randomBernoulli, randomUniform } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { batchesOf } from '../../src/data/batches.js';
import { checkWrite } from '../../src/data/write-check.js';

/** Some rows of a table of numbers from 0 to 1; the larger ones go by many blocks of noise at once. */
const tables = fc
  .record({
    count: fc.integer({ min: 1, max: 6 }),
    width: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.constantFrom(63, 64, 2731, 4097)),
    seed: fc.nat(),
  })
  .chain(({ count, width, seed }) =>
    fc.record({
      values: fc.constant(randomUniform(key(seed), count * width)),
      width: fc.constant(width),
      rows: fc
        .array(fc.nat({ max: count - 1 }), { minLength: 1, maxLength: 5 })
        .map((rows) => Int32Array.from(rows)),
      own: fc.nat().map(key),
    }),
  );

/** Holds the batches of data sets over tables against what they write. */
const checkAll = <B extends tf.TensorContainer>(
  make: (values: Float32Array, shape: readonly number[]) => Dataset<B>,
): void =>
  fc.assert(
    fc.property(tables, ({ values, width, rows, own }) => {
      const data = make(values, [width]);
      const batch = data.batch(rows, own);
      expect(data.write).toBeDefined();
      checkWrite(data, rows, own, batch);
      tf.dispose(batch);
    }),
    { seed: 3, numRuns: 60 },
  );

describe('what is written is the batch', () => {
  it('of rows', () => checkAll(rowsOf));

  it('of bits of rows', () => checkAll(bernoulliRows));

  it('of several side by side', () =>
    checkAll((values, shape) =>
      zipped({ grey: rowsOf(values, shape), bits: bernoulliRows(values, shape) }),
    ));
});

describe('bits of rows', () => {
  it('are 1 exactly where the randomUniform of a key are below the probabilities of the rows', () => {
    fc.assert(
      fc.property(tables, ({ values, width, rows, own }) => {
        values[0] = Number.NaN;
        const batch = bernoulliRows(values, [width]).batch(rows, own);
        expect(batch.shape).toEqual([rows.length, width]);
        const probs = gatherRows(values, width, rows);
        const below = randomUniform(own, probs.length).map((u, i) => (u < (probs[i] ?? 0) ? 1 : 0));
        expect(batch.dataSync()).toEqual(below);
        expect(randomBernoulli(own, probs)).toEqual(below);
        batch.dispose();
      }),
      { seed: 4, numRuns: 60 },
    );
  });
});

describe('data sets side by side', () => {
  const x = rowsOf(Float32Array.of(1, 2, 3), []);
  const noise: Dataset<Tensor> = {
    size: 3,
    batch: (rows, own) => tf.tensor1d(randomUniform(own, rows.length)),
  };

  it('have keys by their names, and rows in common', () => {
    const both = zipped({ a: noise, b: noise, x });
    const batch = both.batch(Int32Array.of(2, 0), key(5));
    expect(batch.a.dataSync()).toEqual(randomUniform(foldIn(key(5), 'a'), 2));
    expect(batch.b.dataSync()).toEqual(randomUniform(foldIn(key(5), 'b'), 2));
    expect([...batch.x.dataSync()]).toEqual([3, 1]);
    tf.dispose(batch);
  });

  it('write where all do, and are fixed where all are', () => {
    expect(zipped({ x, noise }).write).toBeUndefined();
    expect(zipped({ x, y: x })).toMatchObject({ size: 3, fixed: true });
    expect(zipped({ x, bits: bernoulliRows(new Float32Array(3), []) })).toMatchObject({
      fixed: false,
    });
  });

  it('are of one size', () => {
    expect(() => zipped({ x, y: rowsOf(new Float32Array(2), []) })).toThrow(
      "zipped: expected data sets of one size, but 'x' has 3 elements and 'y' has 2; " +
        'give each element a row in all of them.',
    );
  });
});

describe('a data set that writes something else', () => {
  const data = rowsOf(Float32Array.of(1, 2, 3, Number.NaN), [2]);
  const batches = (write: Dataset<Tensor>['write']) =>
    batchesOf({ data: { ...data, ...(write && { write }) }, batchSize: 2, shuffle: false }, key(0));

  it.each<readonly [string, Dataset<Tensor>['write'], string]>([
    ['another number', (_rows, _key, into) => into.set([1, 2, 4, Number.NaN]), '3 by .* 4 by'],
    ['not all numbers', (_rows, _key, into) => into.set([1, 2]), '3 by .* 1 by'],
    ['a number for none', (_rows, _key, into) => into.set([1, 2, 3, 0]), 'NaN by .* 0 by'],
  ])('%s, is refused with the place', (_, write, numbers) => {
    const before = tf.memory().numTensors;
    expect(() => batches(write).at(0)).toThrow(
      new RegExp(`^data: expected 'write' .* number [23] of batch is ${numbers} 'write'`),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is asked at the first batch of each size alone', () => {
    const asked: number[] = [];
    const many = rowsOf(new Float32Array(10), []);
    const { at } = batchesOf(
      { data: { ...many, write: (rows) => asked.push(rows.length) }, batchSize: 4 },
      key(0),
    );
    // Zeros that nobody writes are found as well.
    expect(() => at(0)).toThrow(/number 0 of batch is 0 by 'batch' and 1 by 'write'/);
    const right = batchesOf(
      {
        data: {
          ...many,
          write: (rows: Int32Array, own: Key, into) => {
            asked.push(rows.length);
            many.write?.(rows, own, into);
          },
        },
        batchSize: 4,
      },
      key(0),
    );
    for (let step = 0; step < 6; step += 1) right.at(step).dispose();
    expect(asked).toEqual([4, 4, 2]);
  });
});

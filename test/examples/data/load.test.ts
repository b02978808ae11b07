/** The loaders: what they draw where no folder is given, and what they refuse in one that is. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../examples/command-line/refusal.js';
import { faces } from '../../../examples/data/faces.js';
import {
  dequantised,
  imageAt,
  loadBinarisedMnist,
  loadDigits,
  loadFaces,
  loadFaithful,
  loadIris,
  loadOpticalDigits,
  someImages,
} from '../../../examples/data/index.js';
import { key } from 'marginalia';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

const real = join(import.meta.dirname, '../../../../shared/data');

const few = { train: 20, test: 10 };

describe('some images', () => {
  it('are of all kinds where a file has one after the other, and always the same', () => {
    const sorted = {
      count: 100,
      rows: 1,
      columns: 1,
      grey: Float32Array.from({ length: 100 }, (_, i) => i),
    };
    const { count, grey } = someImages(sorted, 20);
    expect([count, new Set(grey).size]).toEqual([20, 20]);
    expect(new Set(Array.from(grey, (i) => Math.floor(i / 25))).size).toBe(4);
    expect(someImages(sorted, 20).grey).toEqual(grey);
  });
});

describe('data that are drawn', () => {
  it('have the shapes of the real ones, with labels, and follow the key', async () => {
    const digits = await loadDigits(undefined, key(0), few);
    expect([digits.train.count, digits.train.rows, digits.train.labels.length]).toEqual([
      20, 28, 20,
    ]);
    const other = await loadDigits(undefined, key(1), few);
    expect(imageAt(other.train, 0)).not.toEqual(imageAt(digits.train, 0));
    expect(new Set((await loadBinarisedMnist(undefined, key(0), few)).test.grey)).toEqual(
      new Set([0, 1]),
    );
    const small = loadOpticalDigits(undefined, key(0));
    expect([small.train.count, small.test.count, small.train.columns]).toEqual([1437, 360, 8]);
    expect(loadFaithful(undefined, key(0)).rows).toHaveLength(272);
    expect(loadIris(undefined, key(0)).labels).toHaveLength(150);
  });

  it('of small digits keep their labels by their images', () => {
    const { train, test } = loadOpticalDigits(undefined, key(0));
    const mean = (label: number) => {
      const own = [...train.labels.keys()].filter((i) => train.labels[i] === label);
      return Array.from({ length: 64 }, (_, k) =>
        own.reduce((sum, i) => sum + (imageAt(train, i)[k] ?? 0) / own.length, 0),
      );
    };
    const means = Array.from({ length: 10 }, (_, label) => mean(label));
    const nearest = (image: Float32Array): number => {
      const far = means.map((m) => m.reduce((sum, x, k) => sum + (x - (image[k] ?? 0)) ** 2, 0));
      return far.indexOf(Math.min(...far));
    };
    const right = [...test.labels.keys()].filter(
      (i) => nearest(imageAt(test, i)) === test.labels[i],
    );
    expect(right.length / test.count).toBeGreaterThan(0.75);
  });

  it('of faces start with those of a shorter set, and lie in their range', () => {
    const [short, long] = [faces({ count: 2, key: key(3) }), faces({ count: 5, key: key(3) })];
    expect(long.grey.slice(0, short.grey.length)).toEqual(short.grey);
    expect(Math.min(...long.grey)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...long.grey)).toBeLessThanOrEqual(1);
  });

  it('spread over the levels that they were rounded to, and no further', () => {
    const image = { count: 1, rows: 1, columns: 3, grey: Float32Array.of(0, 0.5, 1) };
    const { grey } = dequantised(image, 3, key(0));
    for (const [i, x] of grey.entries()) expect(Math.floor(3 * x)).toBe(i);
  });
});

describe('data in a folder', () => {
  it.each([
    ['what is not packed', Buffer.from('1,2,3')],
    ['what is cut short', gzipSync('1,2,3').subarray(0, -4)],
    ['what unpacks to far more than digits', gzipSync(Buffer.alloc(2 ** 25))],
  ])('are refused in a sentence: %s', (what, bytes) => {
    const bad = join(folder, what);
    mkdirSync(bad);
    writeFileSync(join(bad, 'digits.csv.gz'), bytes);
    expect(() => loadOpticalDigits(bad, key(0))).toThrow(Refusal);
    expect(() => loadOpticalDigits(bad, key(0))).toThrow(
      /: expected rows of numbers packed by gzip, got ".*"; copy/,
    );
  });

  it('are refused where there are none, and where rows are of another kind', async () => {
    await expect(loadDigits(folder, key(0))).rejects.toThrow(
      /expected train-images-idx3-ubyte or /,
    );
    await expect(loadFaces(folder, key(0))).rejects.toThrow(Refusal);
    writeFileSync(join(folder, 'faithful.csv'), 'a,b,c\n1,2,x\n');
    expect(() => loadFaithful(folder, key(0))).toThrow(/expected rows of 3 numbers/);
  });

  it.skipIf(!existsSync(real))('are read where they are real', async () => {
    const digits = await loadDigits(real, key(0), few);
    expect([digits.source, digits.train.count, digits.test.count]).toEqual(['MNIST', 20, 10]);
    // As in MNIST's own files.
    expect([...digits.train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    expect([...digits.test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
    const faithful = loadFaithful(real, key(0));
    expect([faithful.rows.length, faithful.rows[0]]).toEqual([272, [3.6, 79]]);
    expect(loadIris(real, key(0)).rows).toHaveLength(150);
    expect((await loadFaces(real, key(0))).train.count).toBe(1600);
    expect(new Set((await loadBinarisedMnist(real, key(0), few)).train.grey)).toEqual(
      new Set([0, 1]),
    );
  });
});

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digits, type Digits } from '../../../examples/data/digits.js';
import { key } from '../../../src/random/index.js';

const PIXELS = 28 * 28;

const seeds = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const counts = fc.nat({ max: 25 });

const imageOf = ({ images }: Digits, index: number): Float32Array =>
  images.subarray(index * PIXELS, (index + 1) * PIXELS);

const indices = ({ labels }: Digits): readonly number[] => [...labels.keys()];

const sum = (levels: Float32Array): number => levels.reduce((total, level) => total + level, 0);

const distance = (a: Float32Array, b: Float32Array): number =>
  a.reduce((total, level, pixel) => total + (level - (b[pixel] ?? NaN)) ** 2, 0);

const classMean = (set: Digits, digit: number): Float32Array => {
  const members = indices(set).filter((index) => set.labels[index] === digit);
  return Float32Array.from(
    { length: PIXELS },
    (_, pixel) =>
      members.reduce((total, index) => total + (imageOf(set, index)[pixel] ?? NaN), 0) /
      members.length,
  );
};

describe('digits', () => {
  it('are the same for the same key, and others for another', () => {
    const set = digits({ count: 10, key: key(1) });
    expect(digits({ count: 10, key: key(1) })).toEqual(set);
    const other = digits({ count: 10, key: key(2) });
    for (const index of indices(set)) {
      expect(imageOf(other, index)).not.toEqual(imageOf(set, index));
    }
  });

  it('a longer set starts with the shorter one', () => {
    fc.assert(
      fc.property(seeds, counts, counts, (seed, a, b) => {
        const shorter = digits({ count: a, key: key(seed) });
        const longer = digits({ count: a + b, key: key(seed) });
        expect(longer.images).toHaveLength((a + b) * PIXELS);
        expect(longer.images.slice(0, a * PIXELS)).toEqual(shorter.images);
        expect(longer.labels.slice(0, a)).toEqual(shorter.labels);
      }),
      { numRuns: 50 },
    );
  });

  it('no two images of a class are the same', () => {
    const set = digits({ count: 300, key: key(4) });
    const texts = indices(set).map((index) => imageOf(set, index).join());
    expect(new Set(texts).size).toBe(300);
  });

  it('levels lie in 0..1, and every image has solid ink on an empty edge', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const set = digits({ count: 20, key: key(seed) });
        expect(set.images.every((level) => 0 <= level && level <= 1)).toBe(true);
        for (const index of indices(set)) {
          const image = imageOf(set, index);
          expect(sum(image)).toBeGreaterThan(25);
          expect(Math.max(...image)).toBeGreaterThan(0.95);
          const edge = image.filter((_, pixel) =>
            [pixel % 28, Math.floor(pixel / 28)].some((at) => at === 0 || at === 27),
          );
          expect(sum(edge)).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('the ten classes are balanced', () => {
    const { labels, rows, columns } = digits({ count: 30, key: key(0) });
    expect([...labels]).toEqual([0, 1, 2].flatMap(() => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect([rows, columns]).toEqual([28, 28]);
  });

  it('the nearest class mean of 1000 tells over 85 % of 500 others right', () => {
    const fit = digits({ count: 1000, key: key(10) });
    const test = digits({ count: 500, key: key(11) });
    const means = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => classMean(fit, digit));
    const right = indices(test).filter((index) => {
      const distances = means.map((mean) => distance(mean, imageOf(test, index)));
      return distances.indexOf(Math.min(...distances)) === test.labels[index];
    });
    expect(right.length / 500).toBeGreaterThan(0.85);
  });

  it.each([-1, 1.5, NaN])('a count of %d is refused', (count) => {
    expect(() => digits({ count, key: key(0) })).toThrow(/expected a whole number.*got /);
  });
});

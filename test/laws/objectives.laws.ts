/**
 * Every wrong bound is found and no right one accused, by one call of `checkObjective` each, over the cases
 * of many seeds.
 */
import { type BoundCase, objectiveCases } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { once } from '../../dsl/records/once.js';
import { rightBounds } from '../testing/objectives/right-bounds.js';
import { rowOf } from '../testing/objectives/row.js';
import { wrongBounds } from '../testing/objectives/wrong-bounds.js';

const SEEDS = Number(process.env['LAWS_SEEDS'] ?? 20);

describe.each(Array.from({ length: SEEDS }, (_, i) => i))('over the cases of seed %d', (seed) => {
  const cases = once((): readonly BoundCase[] => objectiveCases(5, 1000 * seed));

  it('no right bound is accused', async () => {
    for (const bound of rightBounds) {
      const { message } = await rowOf(bound, { cases: cases(), seed });
      expect(message, bound.name).toBeUndefined();
    }
  });

  it('every wrong bound is found', async () => {
    for (const bound of wrongBounds) {
      const { foundBy } = await rowOf(bound, { cases: cases(), seed });
      expect(foundBy, bound.name).not.toEqual([]);
    }
  });
});

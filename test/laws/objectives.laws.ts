/**
 * Every wrong bound is found and no right one accused, by one call of `checkObjective` each; over many seeds
 * no right one is. With WRITE_TABLES the tables in `docs/tables` are written anew.
 */
import { writeFileSync } from 'node:fs';
import { type BoundCase, objectiveCases } from 'marginalia/testing';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { rightBounds } from '../testing/objectives/right-bounds.js';
import { type Row, rowOf, tableOf } from '../testing/objectives/table.js';
import { wrongBounds } from '../testing/objectives/wrong-bounds.js';

const SEEDS = Number(process.env['LAWS_SEEDS'] ?? 20);

const rows = new Map<string, Row>();

describe('over the cases of one seed', () => {
  const cases = objectiveCases(5, 20240229);

  it.each(wrongBounds)('the wrong bound is found: $name', async (bound) => {
    const row = await rowOf(bound, { cases });
    rows.set(bound.name, row);
    expect(row.foundBy).not.toEqual([]);
  });

  it.each(rightBounds)('the right bound is not accused: $name', async (bound) => {
    const row = await rowOf(bound, { cases });
    rows.set(bound.name, row);
    expect(row.message).toBeUndefined();
  });

  afterAll(async () => {
    if (process.env['WRITE_TABLES'] === undefined) return;
    const table = tableOf([...rows.values()]);
    const page = `<!-- Written by WRITE_TABLES=1 npm run laws -- objectives. -->\n\n${table}\n`;
    writeFileSync('docs/tables/wrong-bounds.md', await format(page, { parser: 'markdown' }));
  });
});

describe.each(Array.from({ length: SEEDS }, (_, i) => i))('over the cases of seed %d', (seed) => {
  const made: (readonly BoundCase[])[] = [];
  const cases = (): readonly BoundCase[] => {
    const known = made[0] ?? objectiveCases(5, 1000 * seed);
    made[0] = known;
    return known;
  };

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

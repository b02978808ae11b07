/**
 * Every wrong bound is found and no right one accused, by one call of `checkObjective` each, over the cases
 * of many seeds; what one seed shows is written to `docs/tables/wrong-bounds.md`.
 */
import { writeFileSync } from 'node:fs';
import { type BoundCase, objectiveCases } from 'marginalia/testing';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { rightBounds } from '../testing/objectives/right-bounds.js';
import { type Row, rowOf, tableOf } from '../testing/objectives/table.js';
import { wrongBounds } from '../testing/objectives/wrong-bounds.js';

const SEEDS = Number(process.env['LAWS_SEEDS'] ?? 20);

const PAGE = 'docs/tables/wrong-bounds.md';

const HEAD = `# Mistakes in bounds, and bounds without one

Each is one call of \`checkObjective\` over five cases: the check that fails first, the seconds until it
does, and the others that fail. Of a right bound the seconds are those of all checks. \`npm run laws\` writes
this table.`;

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
    const page = `${HEAD}\n\n${tableOf([...rows.values()])}\n`;
    writeFileSync(PAGE, await format(page, { parser: 'markdown' }));
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

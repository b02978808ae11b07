/**
 * Tests written by hand beside the kit, in short: a mistake that both find, one that the kit alone finds,
 * and what is right. The pages say the same of all of them.
 */
import { readFileSync } from 'node:fs';
import { normal, sample } from 'marginalia';
import { checkModel } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { wrongModels } from '../models/wrong-models.js';
import { wrongBounds } from '../objectives/wrong-bounds.js';
import { compareBounds, linesByHand, modelCompared } from './compare.js';
import {
  between,
  boundTable,
  comparisonTable,
  errorsIn,
  lawTable,
  modelTable,
  replaced,
} from './tables.js';

const boundPage = readFileSync('docs/testing-your-bound.md', 'utf8');
const modelPage = readFileSync('docs/testing-your-model.md', 'utf8');

/** A row of a page's table: what found the mistake by hand, and by the kit. */
const rowOf = (page: string, table: string, name: string): readonly string[] => {
  const line = between(page, table)
    ?.split('\n')
    .find((text) => text.startsWith(`| ${name} `));
  const [, , hand = 'no row', , kit = 'no row'] = line?.split('|').map((text) => text.trim()) ?? [];
  return [hand, kit.replaceAll('`', '')];
};

describe('tests by hand and the kit', () => {
  it('do with a bound what the page says', async () => {
    const name = 'IWAE, a sum of weights for their mean';
    const [compared] = await compareBounds([name], { laws: ['checkTight'], cases: 1 });
    const row = [compared?.hand.by ?? '', compared?.kit.by];
    expect(row).toEqual(rowOf(boundPage, 'wrong bounds', name));
  });

  it('do with models what the page says', async () => {
    const checks = { 'a guide outside of the support': 'checkSupports' } as const;
    for (const [name, check] of Object.entries(checks)) {
      const subjects = wrongModels.filter((m) => m.name === name);
      expect(subjects).toHaveLength(1);
      for (const subject of subjects) {
        const { hand, kit } = await modelCompared(false, { laws: [check] })(subject);
        expect([hand.by ?? '', kit.by]).toEqual(rowOf(modelPage, 'wrong models', name));
        expect((await checkModel({ ...subject.right(), laws: [check] })).passed).toEqual([check]);
      }
    }
  });

  it('have a row for each mistake', () => {
    for (const { name } of wrongBounds) {
      expect(rowOf(boundPage, 'wrong bounds', name)[1], name).toMatch(/^check/);
    }
    for (const { name } of wrongModels) {
      expect(rowOf(modelPage, 'wrong models', name)[1], name).toMatch(/^check/);
    }
  });

  it('have as many lines as the pages say', () => {
    const folder = 'test/testing/by-hand';
    expect(boundPage).toContain(`[${linesByHand(`${folder}/bound-by-hand.ts`)} lines]`);
    expect(modelPage).toContain(`${linesByHand(`${folder}/model-by-hand.ts`)} lines`);
  });
});

describe('a table of a page', () => {
  it('of laws is made from the list of laws', () => {
    expect(between(modelPage, 'laws')).toBe(lawTable());
  });

  it('is written between its marks, and nowhere else', () => {
    const page = 'before\n<!-- begin a -->\nold\n<!-- end a -->\nafter';
    expect(replaced(page, 'a', 'new')).toBe(
      'before\n<!-- begin a -->\n\nnew\n\n<!-- end a -->\nafter',
    );
    expect(between(replaced(page, 'a', 'new'), 'a')).toBe('new');
    expect(() => replaced(page, 'b', 'new')).toThrow("the page has no marks '<!-- begin b -->'");
  });

  it('counts what was found and what was accused', () => {
    const [by, seconds] = ['checkTight', 1];
    const found = { by, seconds, also: [], untilFirst: seconds };
    const table = comparisonTable('a bound', [
      { name: 'a|b', isRight: false, hand: { seconds }, kit: found },
      { name: 'c', isRight: false, hand: { by: 'a test', seconds }, kit: found },
      {
        name: 'd',
        isRight: true,
        hand: { by: 'a test', seconds: 3 },
        kit: { seconds: 2, also: [], untilFirst: 2 },
      },
    ]);
    expect(table.split('\n').map((line) => line.split(/ *\| */).slice(1, -1))).toEqual([
      ['a bound', 'found by hand', 's', 'found by the kit', 's'],
      expect.anything(),
      ['a\\', 'b', '', '1.0', '`checkTight`', '1.0'],
      ['c', 'a test', '1.0', '`checkTight`', '1.0'],
      ['**found**', '1 of 2', '2', '2 of 2', '2'],
      ['**right ones accused**', '1 of 1', '3', '0 of 1', '2'],
    ]);
  });

  it('names the checks that failed, and what the kit got wrong', () => {
    const right = { seconds: 2, also: [], untilFirst: 2 };
    const found = { by: 'checkTight', seconds: 3, also: ['checkReplay'], untilFirst: 0.5 };
    const hand = { seconds: 0 };
    const all = [
      { name: 'a', isRight: false, hand, kit: found },
      { name: 'a', isRight: true, hand, kit: right },
      { name: 'b', isRight: false, hand, kit: right },
      { name: 'c', isRight: true, hand, kit: found },
    ];
    const cells = (table: string) =>
      table.split('\n').map((line) => line.split(/ *\| */).slice(1, -1));
    expect(cells(boundTable(all)).slice(2, 4)).toEqual([
      ['a', '`checkTight`', '0.50', '`checkReplay`'],
      ['a', 'nothing, as it should be', '2.00', ''],
    ]);
    const z = sample('z', normal(0, 1));
    const nobody = () => ({ model: z, guide: z });
    const mistakes = [{ name: 'a', by: 'checkReplay', wrong: nobody, right: nobody }] as const;
    expect(cells(modelTable(mistakes, all))[2]).toEqual([
      'a',
      '`checkReplay`, `checkTight`',
      '3.0',
      '2.0',
    ]);
    expect(errorsIn(all)).toEqual([
      'b is wrong and was not found',
      'c is right and accused by checkTight',
    ]);
  });
});

/** A campaign that was stopped goes on where it was, with what was asked of the same code. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alarmsIn, exactLawsPage } from './exact-laws-table.js';
import { type Asked, addToRecord, digestOf, readRecord, slicesLeft } from './record.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-record-'));

afterAll(() => rmSync(folder, { recursive: true }));

const asked = (subject: string, first: number): Asked => ({
  backend: 'cpu',
  subject,
  first,
  seeds: 10,
  alarms: [],
  tallies: { checkReplay: { kept: 10, skipped: 0, milliseconds: 1 } },
});

describe('the record of a campaign', () => {
  it('has what was asked of the same code, but for a line that was cut', () => {
    const file = join(folder, 'deeper', 'cpu.jsonl');
    expect(readRecord(file, 'a')).toEqual([]);
    addToRecord(file, 'a', asked('one', 0));
    addToRecord(file, 'b', asked('two', 0));
    appendFileSync(file, '\n{"code":"a","subj');
    addToRecord(file, 'a', asked('one', 10));
    expect(readRecord(file, 'a').map(({ subject, first }) => [subject, first])).toEqual([
      ['one', 0],
      ['one', 10],
    ]);
  });

  it('leaves what it does not have', () => {
    const of = { backend: 'cpu', each: 25, most: 10 } as const;
    const left = slicesLeft(['one', 'two'], of, [asked('one', 0), asked('two', 10)]);
    expect(left.map(({ subject, first, seeds }) => [subject, first, seeds])).toEqual([
      ['two', 0, 10],
      ['one', 10, 10],
      ['one', 20, 5],
      ['two', 20, 5],
    ]);
  });

  it('is of other code where a file is another', () => {
    const file = join(folder, 'a.js');
    writeFileSync(file, '1');
    const before = digestOf([folder]);
    expect(digestOf([folder])).toBe(before);
    writeFileSync(file, '2');
    expect(digestOf([folder])).not.toBe(before);
  });

  it('is a page with how often each law was kept', () => {
    const alarm = { law: 'checkReplay', subject: 'two', seed: 3, said: 'no' };
    const two: Asked = {
      ...asked('two', 0),
      alarms: [alarm],
      tallies: { checkReplay: { kept: 4, skipped: 5, milliseconds: 1 } },
    };
    const all = [asked('one', 0), asked('one', 10), two];
    expect(alarmsIn(all)).toEqual([alarm]);
    const page = exactLawsPage(all);
    expect(page).toContain('a false one: 1.');
    expect(page).toContain('| seeds | 20 | 10 | 30 |');
    expect(page).toContain('| `checkReplay` | 20 | 4 | 24 |');
    expect(page).not.toContain('On wasm');
  });
});

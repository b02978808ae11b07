/** What killed processes left behind goes; what living ones write stays. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { saveFile } from '../../../src/io/files/save-file.js';
import {
  type Writer,
  isStale,
  temporaryName,
  thisProcess,
} from '../../../src/io/files/temporary-file.js';
import { right } from '../../either.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-temporary-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOUR = 3_600_000;
const writer: Writer = {
  machine: '0123abcd',
  pid: 7,
  began: 100 * HOUR,
  now: 200 * HOUR,
  lives: (pid) => pid === 8 || pid === 7,
};
const nameOf = (pid: number, machine = writer.machine): string => temporaryName({ machine, pid });

describe('isStale', () => {
  it.each<[string, string, number, boolean]>([
    ['a dead process', nameOf(9), 199, true],
    ['a living process', nameOf(8), 199, false],
    ['a living process with a number used again', nameOf(8), 175, true],
    ['this process', nameOf(7), 199, false],
    ['an earlier process of the number of this one', nameOf(7), 99, true],
    ['another machine', nameOf(9, 'ffffffff'), 199, false],
    ['another machine, long ago', nameOf(9, 'ffffffff'), 175, true],
    ['a file of somebody else', '.marginalia-notes.tmp', 1, false],
    ['a name that only starts like one', `${nameOf(9)}.bak`, 1, false],
  ])('%s', (_, name, hours, expected) => {
    const late: Writer = name === nameOf(7) ? { ...writer, now: 110 * HOUR } : writer;
    expect(isStale(name, hours * HOUR, late)).toBe(expected);
  });

  it('an earlier process of the same number, within a day', () => {
    const soon = { ...writer, now: 101 * HOUR };
    expect(isStale(nameOf(7), 99 * HOUR, soon)).toBe(true);
    expect(isStale(nameOf(7), 100 * HOUR, soon)).toBe(false);
  });
});

describe('a save', () => {
  it('sweeps its folder of what dead processes left, and of nothing else', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const dead = temporaryName({ ...thisProcess(), pid });
    const mine = temporaryName(thisProcess());
    const foreign = temporaryName({ machine: 'ffffffff', pid });
    const old = temporaryName({ machine: 'ffffffff', pid });
    const kept = ['data.tmp', mine, foreign];
    [dead, old, ...kept].forEach((name) => writeFileSync(join(folder, name), 'half'));
    utimesSync(join(folder, old), 1, 1);
    right(await saveFile(join(folder, 'file'), 'whole')());
    expect(readdirSync(folder).toSorted()).toEqual([...kept, 'file'].toSorted());
  });
});

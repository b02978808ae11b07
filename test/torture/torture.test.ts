/** `npm run torture` in short. `npm test` builds first what is run beside it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { key, useBackend } from 'marginalia';
import { randomUniform } from '../../src/random/index.js';
import { right } from '../either.js';
import { disk } from './disk.js';
import { flips } from './flips.js';
import { type Reference, reference } from './job.js';
import { kills } from './kills.js';
import { table } from './row.js';
import { signals } from './signals.js';
import { smallDisk } from './small-disk.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-torture-'));
const trainer = new URL('../../dist/test/torture/trainer.js', import.meta.url).pathname;
let known: Reference;

beforeAll(async () => {
  right(await useBackend('cpu')());
  known = reference();
});

/** Each process that is run beside this one takes a second to start, and several where many run. */
const PATIENCE = 240_000;

afterAll(() => {
  known.close();
  rmSync(folder, { recursive: true });
});

describe('nothing is lost and nothing wrong believed where', () => {
  it.each([true, false])('a disk fills (one that may be mounted: %s)', async (mounts) => {
    const small = smallDisk(join(folder, `small-${mounts}`), 1_500_000, mounts);
    try {
      const row = await disk(small, known);
      // Where no disk can be mounted, the test says so.
      if (mounts && !small.is.startsWith('a tmpfs')) console.log(small.is);
      expect(row.wrong).toEqual([]);
      expect(row.times).toBe(7);
    } finally {
      await small.remove();
    }
  });

  it(
    'a run is killed',
    async () => {
      const own = join(folder, 'kills');
      mkdirSync(own);
      const moments = randomUniform(key(0), 2);
      const { wrong, how } = await kills({ trainer, folder: own, reference: known, moments });
      expect(wrong).toEqual([]);
      expect(how).toMatch(/^[1-9]\d* saves/);
    },
    PATIENCE,
  );

  it(
    'a run is asked to end',
    async () => {
      expect((await signals(trainer, folder, known)).wrong).toEqual([]);
    },
    PATIENCE,
  );

  it('bits are flipped', async () => {
    expect(await flips(folder, randomUniform(key(0), 40))).toMatchObject({ times: 40, wrong: [] });
  });
});

describe('the table', () => {
  it('shows what was done, and what went wrong', () => {
    const shown = table([
      { what: 'kills', how: 'by hand', times: 12, wrong: [] },
      { what: 'flips', how: 'in a file', times: 3, wrong: ['bit 7 was another'] },
    ]);
    expect(shown).toBe(
      [
        '       times  wrong  how',
        'kills     12      0  by hand',
        'flips      3      1  in a file',
        'flips: bit 7 was another',
      ].join('\n'),
    );
  });
});

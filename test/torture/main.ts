/**
 * `npm run torture`: fills a disk, kills a training run at random moments, sends it signals and flips bits
 * of a checkpoint. Prints what it did; the exit code is 1 where anything was lost or wrongly believed.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldIn, key, useBackend } from 'marginalia';
import { randomUniform } from '../../src/random/index.js';
import { right } from '../either.js';
import { disk } from './disk.js';
import { flips } from './flips.js';
import { reference } from './job.js';
import { kills } from './kills.js';
import { type Row, table } from './row.js';
import { signals } from './signals.js';
import { smallDisk } from './small-disk.js';

const TIMES = 200;
const DISK = 1_500_000;

/** The processes that are killed run two at a time, each in a folder of its own. */
const LANES = 2;

const joined = (rows: readonly Row[]): Row => ({
  what: rows[0]?.what ?? '',
  how: rows.map(({ how }) => how).join('; '),
  times: rows.reduce((sum, { times }) => sum + times, 0),
  wrong: rows.flatMap(({ wrong }) => wrong),
});

const main = async (seed: number): Promise<number> => {
  right(await useBackend('cpu')());
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-torture-'));
  const trainer = new URL('trainer.js', import.meta.url).pathname;
  const known = reference();
  const small = smallDisk(join(folder, 'small'), DISK);
  // A disk that is mounted outlives the process that mounted it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void small.remove().finally(() => process.exit(1)));
  }
  try {
    const lane = (i: number): Promise<Row> => {
      const own = join(folder, `kills-${i}`);
      mkdirSync(own);
      const moments = randomUniform(foldIn(key(seed), i), TIMES / LANES);
      return kills({ trainer, folder: own, reference: known, moments });
    };
    const rows: Row[] = [];
    rows.push(await disk(small, known));
    rows.push(await signals(trainer, folder, known));
    rows.push(await flips(folder, randomUniform(foldIn(key(seed), 'flips'), TIMES)));
    rows.push(joined(await Promise.all(Array.from({ length: LANES }, (_, i) => lane(i)))));
    console.log(`seed ${seed}\n${table(rows)}`);
    return rows.every(({ wrong }) => wrong.length === 0) ? 0 : 1;
  } finally {
    await small.remove();
    known.close();
    rmSync(folder, { recursive: true });
  }
};

const [seed = Date.now() % 1_000_000] = process.argv.slice(2).map(Number);
process.exitCode = await main(seed);

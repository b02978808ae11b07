/** Flips bits of a checkpoint, one at a time: it is refused each time. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { freeState } from 'marginalia';
import { loadCheckpoint, saveCheckpoint } from 'marginalia/checkpoints';
import { right } from '../either.js';
import { firstState } from './job.js';
import type { Row } from './row.js';

/** Where each bit is, from 0 to 1. Half of them are taken from the header, which is a small part of the file. */
export const flips = async (folder: string, places: ArrayLike<number>): Promise<Row> => {
  const path = join(folder, 'flipped.safetensors');
  const state = firstState();
  right(await saveCheckpoint(path, { setting: 'kept' })(state)());
  const whole = readFileSync(path);
  const header = 8 + Number(whole.readBigUInt64LE());
  const wrong: string[] = [];
  for (let i = 0; i < places.length; i += 1) {
    const bit = Math.floor((places[i] ?? 0) * 8 * (i % 2 === 0 ? header : whole.length));
    const spoilt = Buffer.from(whole);
    spoilt[bit >> 3] = (spoilt[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(path, spoilt);
    const loaded = await loadCheckpoint(path, state)();
    if (E.isLeft(loaded)) continue;
    wrong.push(`bit ${bit} was another, and it loaded`);
    freeState(loaded.right);
  }
  freeState(state);
  const how = `of ${whole.length} bytes, half of them in the header of ${header}`;
  return { what: 'bits flipped in a checkpoint', how, times: places.length, wrong };
};

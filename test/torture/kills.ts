/** Kills a training run that saves all the time, and looks at what it leaves. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { freeState } from 'marginalia';
import { loadCheckpoint, showCheckpointError } from 'marginalia/checkpoints';
import { ended } from './child.js';
import { type Reference, firstState } from './job.js';
import type { Row } from './row.js';

/** The longest that a run goes on after its start, in milliseconds: some ten saves. */
const LONGEST = 250;

/** What a run prints when it is about to train, and after its first save. */
const READY = /ready/;
const SAVED = /ready\n\d/;

const temporaries = (folder: string): number =>
  readdirSync(folder).filter((name) => name.endsWith('.tmp')).length;

export interface Kills {
  readonly trainer: string;
  readonly folder: string;
  readonly reference: Reference;
  /** When each run is killed, from 0 to 1. */
  readonly moments: ArrayLike<number>;
}

/** Each run goes on from what the one before left. */
export const kills = async ({ trainer, folder, reference, moments }: Kills): Promise<Row> => {
  const path = join(folder, 'checkpoint.safetensors');
  const wrong: string[] = [];
  let told = 0;
  let whileWriting = 0;
  let saves = 0;
  for (let i = 0; i < moments.length; i += 1) {
    const delay = (moments[i] ?? 0) * LONGEST;
    // Some before the first save, most among many.
    const begun = i % 5 === 4 ? READY : SAVED;
    const { signal, stdout, stderr } = await ended([trainer, path, '1'], begun, delay, 'SIGKILL');
    if (signal !== 'SIGKILL') wrong.push(`kill ${i}: it ended by itself: ${stderr}`);
    const steps = stdout
      .split('\n')
      .map(Number)
      .filter((step) => step > 0);
    saves += steps.length;
    told = Math.max(told, ...steps);
    const left = temporaries(folder);
    if (left > 0) whileWriting += 1;
    if (left > 1) wrong.push(`kill ${i}: ${left} temporary files`);
    const template = firstState();
    const loaded = await loadCheckpoint(path, template)();
    freeState(template);
    if (E.isLeft(loaded)) {
      // Until the first save is done there is nothing to lose.
      if (loaded.left._tag !== 'missing' || told > 0) {
        wrong.push(`kill ${i}: ${showCheckpointError(loaded.left)}`);
      }
      continue;
    }
    const { step } = loaded.right;
    if (step < told) wrong.push(`kill ${i}: step ${told} was saved, and step ${step} is there`);
    if (!(await reference.knows(loaded.right))) {
      wrong.push(`kill ${i}: what is there is not the state of step ${step}`);
    }
    freeState(loaded.right);
  }
  // A run that ends as it should sweeps what the last kill left.
  await ended([trainer, path, '1'], SAVED, LONGEST, 'SIGTERM');
  const left = temporaries(folder);
  if (left > 0) wrong.push(`${left} temporary files stayed`);
  return {
    what: 'kill -9 while training',
    how: `${saves} saves, ${whileWriting} kills while a file was being written`,
    times: moments.length,
    wrong,
  };
};

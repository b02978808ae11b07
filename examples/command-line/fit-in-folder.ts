/** A fit that leaves a checkpoint in the run's folder, and goes on from it. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import {
  type Dataset,
  type Key,
  type Notes,
  type Svi,
  type SviState,
  type Tensor,
  fit,
  freeState,
  loadCheckpoint,
  saveCheckpoint,
  showCheckpointError,
  showFitError,
} from 'marginalia';
import { Refusal, orRefuse } from './refusal.js';
import { type RunOptions, engineOf } from './run-options.js';
import { untilStopped } from './stop.js';

/** What is fitted, on what, and what must be the same for it to go on. */
export interface Task {
  readonly name: string;
  readonly svi: Svi<Tensor>;
  readonly data: Dataset<Tensor>;
  readonly batchSize: number;
  readonly steps: number;
  readonly key: Key;
  readonly settings: Notes;
}

/** The file that holds the checkpoint of a fit. */
export const checkpointOf = (name: string): string =>
  `${name.replaceAll(/[^\w-]+/g, '-')}.safetensors`;

/** A fingerprint of data: other numbers have another, as good as surely. */
export const fingerprint = (...arrays: readonly Float32Array[]): string => {
  const hash = createHash('sha256');
  for (const { buffer, byteOffset, byteLength } of arrays) {
    hash.update(`${byteLength} `).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
};

const savedState = async (
  { svi, data, batchSize, key, settings }: Task,
  path: string,
): Promise<SviState | undefined> => {
  const example = data.batch(
    Int32Array.from({ length: batchSize }, (_, i) => i),
    key,
  );
  const template = svi.init(key, example);
  example.dispose();
  const loaded = await loadCheckpoint(path, template, settings)();
  freeState(template);
  if (E.isRight(loaded)) return loaded.right;
  if (loaded.left.tag === 'missing') return undefined;
  throw new Refusal(showCheckpointError(loaded.left));
};

/** Trains from the start or, where the run is resumed and has one, from the checkpoint. */
export const fitInFolder = (task: Task, options: RunOptions): Promise<SviState> =>
  untilStopped(async (signal) => {
    const { name, svi, data, batchSize, steps, key, settings } = task;
    const path = join(options.out, checkpointOf(name));
    const from = options.resume ? await savedState(task, path) : undefined;
    const fitted = await fit({
      svi,
      data,
      batchSize,
      length: { steps },
      key,
      signal,
      ...engineOf(options),
      ...(from !== undefined && { from }),
      checkpoint: {
        every: { minutes: options.checkpointEvery },
        save: saveCheckpoint(path, settings),
      },
    })();
    if (from !== undefined) freeState(from);
    const { state, finished } = orRefuse(fitted, showFitError);
    return { value: state, step: state.step, finished, of: ` of ${steps} of ${name}` };
  });

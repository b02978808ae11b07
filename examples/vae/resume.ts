/** Where a run starts: at the beginning, or at the checkpoint of one with the same settings. */
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import { type SviState, freeState } from 'marginalia';
import { type Notes, loadCheckpoint, readNotes, showCheckpointError } from 'marginalia/checkpoints';
import { fingerprint } from '../command-line/fingerprint.js';
import type { Split } from '../data/images.js';
import type { History } from './history.js';
import type { Options } from './options.js';
import { Refusal, orRefuse } from '../command-line/refusal.js';

/** The name of a run's checkpoint, beside its pictures. */
export const CHECKPOINT = 'checkpoint.safetensors';

/** Where it lies. */
export const checkpointPath = (out: string): string => join(out, CHECKPOINT);

/** What must be the same for a run to go on; kept in the checkpoint. */
export const settingsOf = (o: Options, { train, test }: Split): Notes => ({
  images: fingerprint(train.grey, test.grey),
  latent: String(o.latent),
  hidden: String(o.hidden),
  posterior: o.posterior,
  particles: String(o.particles),
  batch: String(o.batch),
  seed: String(o.seed),
});

const refuseOtherSettings = (path: string, found: Notes, asked: Notes): void => {
  for (const [name, value] of Object.entries(asked)) {
    const before = found[name];
    if (before === value) continue;
    if (name === 'images') {
      throw new Refusal(
        `${path} was trained on other images: the data have changed since, or --data names others. ` +
          'Give those, or train anew with --overwrite.',
      );
    }
    const reason = `it was trained with --${name} ${before ?? 'unknown'}, not ${value}`;
    throw new Refusal(showCheckpointError({ _tag: 'anotherModel', path, reason }));
  }
};

const Points = t.array(t.type({ step: t.number, value: t.number }));
const HistoryJson = t.type({ train: Points, test: Points });

const historyOf = (text: string | undefined): History => {
  const parsed = E.tryCatch((): unknown => JSON.parse(text ?? ''), String);
  return pipe(
    parsed,
    E.chainW(HistoryJson.decode),
    E.getOrElse((): History => ({ train: [], test: [] })),
  );
};

/** Where a run starts, and the bound up to there. */
export interface Start {
  readonly state: SviState;
  readonly history: History;
}

/** The state to train from; `template` is the first state, which is used or freed. */
export const startFrom = async (
  options: Options,
  settings: Notes,
  template: SviState,
): Promise<Start> => {
  if (!options.resume) return { state: template, history: historyOf(undefined) };
  const path = checkpointPath(options.out);
  const notes = orRefuse(await readNotes(path)(), showCheckpointError);
  refuseOtherSettings(path, notes, settings);
  const loaded = orRefuse(await loadCheckpoint(path, template, settings)(), showCheckpointError);
  freeState(template);
  return { state: loaded, history: historyOf(notes['history']) };
};

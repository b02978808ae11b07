/**
 * `node trainer.js CHECKPOINT STEPS`: trains for ever from the checkpoint, where there is one, saves every
 * so many steps, and prints the step of each save when it is done. A signal that asks it to end saves.
 */
import { writeSync } from 'node:fs';
import { constants } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import {
  type SviState,
  fit,
  loadCheckpoint,
  saveCheckpoint,
  showCheckpointError,
  showFitError,
  useBackend,
} from 'marginalia';
import { firstState, training } from './job.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const startFrom = async (path: string): Promise<SviState> => {
  const template = firstState();
  const loaded = await loadCheckpoint(path, template)();
  if (E.isRight(loaded)) return loaded.right;
  if (loaded.left.tag !== 'missing') throw new Error(showCheckpointError(loaded.left));
  return template;
};

const main = async ([path = '', steps = '1']: readonly string[]): Promise<number> => {
  const cancel = new AbortController();
  let code = 0;
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      code = 128 + constants.signals[signal];
      cancel.abort();
    });
  }
  await useBackend('cpu')();
  const state = await startFrom(path);
  const save = (now: SviState) => async () => {
    const saved = await saveCheckpoint(path)(now)();
    // Written at once: what is printed was saved, however this process ends.
    if (E.isRight(saved)) writeSync(1, `${now.step}\n`);
    return saved;
  };
  writeSync(1, 'ready\n');
  const options = training(1e9, { every: { steps: Number(steps) }, save }, state);
  const fitted = await fit({ ...options, signal: cancel.signal })();
  if (E.isLeft(fitted)) throw new Error(showFitError(fitted.left));
  return code;
};

process.exitCode = await main(process.argv.slice(2));

/**
 * `node trainer.js CHECKPOINT STEPS`: trains for ever from the checkpoint, where there is one, saves every
 * so many steps, and prints the step of each save when it is done. A signal that asks it to end saves, as in the examples.
 */
import { writeSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { type SviState, fit, showFitError, useBackend } from 'marginalia';
import { loadCheckpoint, saveCheckpoint, showCheckpointError } from 'marginalia/checkpoints';
import { orRefuse } from '../../examples/command-line/refusal.js';
import { Stopped, untilStopped } from '../../examples/command-line/stop.js';
import { firstState, training } from './job.js';

const startFrom = async (path: string): Promise<SviState> => {
  const template = firstState();
  const loaded = await loadCheckpoint(path, template)();
  if (E.isRight(loaded)) return loaded.right;
  if (loaded.left._tag !== 'missing') throw new Error(showCheckpointError(loaded.left));
  return template;
};

const main = ([path = '', steps = '1']: readonly string[]): Promise<void> =>
  untilStopped(async (signal) => {
    await useBackend('cpu')();
    const from = await startFrom(path);
    const save = (state: SviState) => async () => {
      const saved = await saveCheckpoint(path)(state)();
      // Written at once: what is printed was saved, however this process ends.
      if (E.isRight(saved)) writeSync(1, `${state.step}\n`);
      return saved;
    };
    writeSync(1, 'ready\n');
    const options = training(1e9, { every: { steps: Number(steps) }, save }, from);
    const { state } = orRefuse(await fit({ ...options, signal })(), showFitError);
    return { value: undefined, step: state.step, finished: false };
  });

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Stopped)) throw error;
  process.exitCode = error.code;
}

/** Trains the autoencoder epoch by epoch, with the bound of the test set after each. */
import {
  type Key,
  type Svi,
  type SviState,
  type Tensor,
  freeState,
  showFitError,
} from 'marginalia';
import { type Notes, progressBar, saveCheckpoint } from 'marginalia/checkpoints';
import { stepsPerEpoch } from 'marginalia/data';
import { type Evaluator, training } from 'marginalia/inference';
import type { CurvePoint } from '../pictures/curve.js';
import { type Images, type Split, binarised } from '../data/images.js';
import { heldOutBound } from '../gallery/held-out.js';
import type { History } from './history.js';
import type { Options } from './options.js';
import { orRefuse } from '../command-line/refusal.js';
import { engineOf } from '../command-line/run-options.js';
import { type Start, checkpointPath } from './resume.js';

export interface Outcome {
  readonly state: SviState;
  readonly finished: boolean;
  readonly history: History;
  readonly seconds: number;
}

/** How many steps a run takes in all. */
export const totalSteps = (options: Options, { train }: Pick<Split, 'train'>): number =>
  options.epochs * stepsPerEpoch(train.count, options.batch);

/**
 * Trains from a state, which is freed, to the end or until `signal`; the checkpoint, with `settings`
 * as its notes, is written after every epoch, every so many minutes, and where training stops.
 */
export const train = async (
  inference: Svi<Tensor>,
  evaluation: Evaluator<Tensor>,
  options: Options,
  {
    images,
    test,
    keys,
  }: {
    readonly images: Images;
    readonly test: Images;
    readonly keys: { readonly seed: Key; readonly test: Key };
  },
  start: Start,
  settings: Notes,
  signal: AbortSignal,
): Promise<Outcome> => {
  const perEpoch = stepsPerEpoch(images.count, options.batch);
  const history: { readonly train: CurvePoint[]; readonly test: CurvePoint[] } = {
    train: [...start.history.train],
    test: [...start.history.test],
  };
  const measure = async (state: SviState): Promise<void> => {
    if (history.test.some((p) => p.step === state.step)) return;
    const { bound } = await heldOutBound(evaluation, state, test, keys.test);
    history.test.push({ step: state.step, value: bound });
  };
  const bar = progressBar({ per: 'image' });
  const began = performance.now();
  const stream = training({
    svi: inference,
    data: binarised(images),
    batchSize: options.batch,
    length: { epochs: options.epochs },
    key: keys.seed,
    from: start.state,
    signal,
    ...engineOf(options),
    onEngine: (note) => console.log(`Engine: ${note}.`),
    checkpoint: {
      every: { steps: perEpoch, minutes: options.checkpointEvery },
      save: (state) =>
        saveCheckpoint(checkpointPath(options.out), {
          ...settings,
          history: JSON.stringify(history),
        })(state),
    },
  });
  try {
    // A run that stopped at the end of an epoch had no time to measure it.
    if (start.state.step > 0 && start.state.step % perEpoch === 0) await measure(start.state);
    let next = await stream.next();
    freeState(start.state);
    while (next.done !== true) {
      const { step, loss, elements, state } = next.value;
      history.train.push({ step, value: -loss / elements });
      bar.update(next.value);
      if (step % perEpoch === 0) {
        const now = state();
        await measure(now);
        freeState(now);
      }
      next = await stream.next();
    }
    const { state, finished } = orRefuse(next.value, showFitError);
    return { state, finished, history, seconds: (performance.now() - began) / 1000 };
  } finally {
    bar.stop();
  }
};

/** Trains the autoencoder epoch by epoch, with the bound of the test set after each. */
import * as tf from '@tensorflow/tfjs';
import {
  type Key,
  type Svi,
  type SviState,
  type Tensor,
  fit,
  progressBar,
  saveCheckpoint,
  showCheckpointError,
  showNonFinite,
  stepsPerEpoch,
} from 'marginalia';
import type { CurvePoint } from '../pictures/curve.js';
import { type Images, type Split, binarised } from './data.js';
import { testBound } from './evaluate.js';
import type { Options } from './options.js';
import { orRefuse } from './refusal.js';
import { checkpointPath, settingsOf } from './resume.js';

/** The bound over time, nats per image. */
export interface History {
  readonly train: readonly CurvePoint[];
  readonly test: readonly CurvePoint[];
}

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
 * Trains from a state, which is freed, to the end or until `signal`; the checkpoint is written after
 * every epoch and where training stops.
 */
export const train = async (
  inference: Svi<Tensor>,
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
  start: SviState,
  signal: AbortSignal,
): Promise<Outcome> => {
  const steps = totalSteps(options, { train: images });
  const perEpoch = stepsPerEpoch(images.count, options.batch);
  const bar = progressBar({ per: 'image' });
  const history: { readonly train: CurvePoint[]; readonly test: CurvePoint[] } = {
    train: [],
    test: [],
  };
  const data = binarised(images);
  const began = performance.now();
  const first = start.step;
  let state = start;
  let finished = true;
  try {
    while (state.step < steps && finished) {
      const result = await fit({
        svi: inference,
        data,
        batchSize: options.batch,
        length: { steps: Math.min(steps, (Math.floor(state.step / perEpoch) + 1) * perEpoch) },
        key: keys.seed,
        from: state,
        signal,
        checkpoint: {
          every: perEpoch,
          save: saveCheckpoint(checkpointPath(options.out), settingsOf(options)),
        },
        onProgress: (p) => {
          const rate = ((p.step - first) * 1000) / (performance.now() - began);
          history.train.push({ step: p.step, value: -p.loss / p.elements });
          bar.update({ ...p, steps, rate, secondsLeft: (steps - p.step) / rate });
        },
      })();
      tf.dispose([state.params, state.optimizer]);
      ({ state, finished } = orRefuse(result, (error) =>
        error.tag === 'nonFinite' ? showNonFinite(error.where) : showCheckpointError(error.error),
      ));
      if (finished) {
        const { elbo } = await testBound(inference, state, test, keys.test);
        history.test.push({ step: state.step, value: elbo });
      }
    }
  } finally {
    bar.stop();
  }
  return { state, finished, history, seconds: (performance.now() - began) / 1000 };
};

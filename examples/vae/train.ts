/** Trains the autoencoder epoch by epoch, with the bound of the test set after each. */
import * as tf from '@tensorflow/tfjs';
import {
  type Key,
  type Svi,
  type SviState,
  type Tensor,
  progressBar,
  saveCheckpoint,
  showFitError,
  stepsPerEpoch,
  training,
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
  const perEpoch = stepsPerEpoch(images.count, options.batch);
  const history: { readonly train: CurvePoint[]; readonly test: CurvePoint[] } = {
    train: [],
    test: [],
  };
  const bar = progressBar({ per: 'image' });
  const began = performance.now();
  const stream = training({
    svi: inference,
    data: binarised(images),
    batchSize: options.batch,
    length: { epochs: options.epochs },
    key: keys.seed,
    from: start,
    signal,
    engine: options.engine,
    onEngine: (note) => console.log(`Engine: ${note}.`),
    checkpoint: {
      every: perEpoch,
      save: saveCheckpoint(checkpointPath(options.out), settingsOf(options)),
    },
  });
  try {
    let next = await stream.next();
    tf.dispose([start.params, start.optimizer]);
    while (next.done !== true) {
      const { step, loss, elements, state } = next.value;
      history.train.push({ step, value: -loss / elements });
      bar.update(next.value);
      if (step % perEpoch === 0) {
        const now = state();
        const { elbo } = await testBound(inference, now, test, keys.test);
        tf.dispose([now.params, now.optimizer]);
        history.test.push({ step, value: elbo });
      }
      next = await stream.next();
    }
    const { state, finished } = orRefuse(next.value, showFitError);
    return { state, finished, history, seconds: (performance.now() - began) / 1000 };
  } finally {
    bar.stop();
  }
};

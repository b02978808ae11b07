/** A fit that leaves a checkpoint in the run's folder, and goes on from it. */
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { type Key, type Svi, type SviState, fit, freeState, showFitError } from 'marginalia';
import {
  type Notes,
  loadCheckpoint,
  readNotes,
  saveCheckpoint,
  showCheckpointError,
} from 'marginalia/checkpoints';
import { type Dataset, stepsPerEpoch } from 'marginalia/data';
import type { HeldOut, Params, Progress } from 'marginalia/inference';
import { type CurvePoint, type Curves, curvesFrom, noteOf } from './curves.js';
import { orRefuse } from './refusal.js';
import { type RunOptions, engineOf } from './run-options.js';
import { untilStopped } from './stop.js';
import { stopwatch } from './stopwatch.js';
import { isThere } from './out-folder.js';

/** What is fitted, on what, and what must be the same for it to go on. */
export interface Fitting<B extends tf.TensorContainer, P extends string = string> {
  readonly name: string;
  readonly svi: Svi<B, P>;
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly steps: number;
  readonly key: Key;
  readonly settings: Notes;
  /** Parameters to start from, those of another fit, say; the others are drawn. */
  readonly given?: Params;
  /** Measures a state after every so many steps, and at the end; the state is lent. */
  readonly watch?: {
    readonly every: number;
    readonly measure: (state: SviState<P>) => Promise<number>;
  };
  /** Data whose losses may end it, as in `fit`. */
  readonly heldOut?: HeldOut<B>;
  readonly onProgress?: (progress: Progress<P>) => unknown;
}

/** A trained state and how it came about; the state is the caller's. */
export interface Fitted<P extends string = string> extends Curves {
  readonly state: SviState<P>;
}

/** The file that holds the checkpoint of a fit. */
export const checkpointOf = (name: string): string =>
  `${name.replaceAll(/[^\w-]+/g, '-')}.safetensors`;

/** A first state; its parameters are those given, where some are. */
const firstState = <B extends tf.TensorContainer, P extends string>(
  { svi, data, batchSize, key }: Fitting<B, P>,
  given?: Params,
): SviState<P> => {
  const example = data.batch(
    Int32Array.from({ length: batchSize }, (_, i) => i),
    key,
  );
  const state = svi.init(key, example, given);
  tf.dispose(example);
  return state;
};

const givenState = <B extends tf.TensorContainer, P extends string>(
  task: Fitting<B, P>,
): SviState<P> | undefined => task.given && firstState(task, task.given);

const savedState = async <B extends tf.TensorContainer, P extends string>(
  task: Fitting<B, P>,
  path: string,
): Promise<SviState<P>> => {
  const template = firstState(task);
  const loaded = await loadCheckpoint(path, template, task.settings)();
  freeState(template);
  return orRefuse(loaded, showCheckpointError);
};

/**
 * Steps between reports: a part of `every`, so that each multiple of it is told of, and of an epoch, at whose
 * end there is a report as well and the count begins anew.
 */
const reportsWithin = (every: number, perEpoch: number): number => {
  const parts = Array.from({ length: 20 }, (_, i) => 20 - i);
  return parts.find((n) => every % n === 0 && perEpoch % n === 0) ?? 1;
};

/** Trains from the start or, where the run is resumed and has one, from the checkpoint. */
export const fitInFolder = <B extends tf.TensorContainer, P extends string>(
  task: Fitting<B, P>,
  options: RunOptions,
): Promise<Fitted<P>> =>
  untilStopped(async (signal) => {
    const { name, svi, data, batchSize, steps, key, settings, watch, heldOut, onProgress } = task;
    const path = join(options.out, checkpointOf(name));
    const resumed = options.resume && (await isThere(path));
    const from = resumed ? await savedState(task, path) : givenState(task);
    const notes = resumed ? orRefuse(await readNotes(path)(), showCheckpointError) : {};
    const before = curvesFrom(notes);
    const losses: CurvePoint[] = [...before.losses];
    const watched: CurvePoint[] = [...before.watched];
    const time = stopwatch(before);
    const measure = async (state: SviState<P>): Promise<void> => {
      if (watch === undefined || watched.at(-1)?.step === state.step) return;
      const value = await time.without(() => watch.measure(state));
      watched.push({ step: state.step, value, ...time.read() });
    };
    // One that stopped where it would have been measured had no time for it.
    if (from !== undefined && from.step > 0 && from.step % (watch?.every ?? 1) === 0) {
      await measure(from);
    }
    const fitted = await fit({
      svi,
      data,
      batchSize,
      length: { steps },
      key,
      signal,
      ...(from && { from }),
      ...(heldOut && { heldOut }),
      ...engineOf(options),
      ...(watch && {
        reportEvery: reportsWithin(watch.every, stepsPerEpoch(data.size, batchSize)),
      }),
      onProgress: async (progress) => {
        const { step, loss } = progress;
        losses.push({ step, value: loss, ...time.read() });
        if (watch !== undefined && (step % watch.every === 0 || step === steps)) {
          const state = progress.state();
          await measure(state);
          freeState(state);
        }
        return onProgress?.(progress);
      },
      checkpoint: {
        every: { minutes: options.checkpointEvery },
        save: (state) =>
          saveCheckpoint(path, {
            ...settings,
            curves: noteOf({ losses, watched, ...time.read() }),
          })(state),
      },
    })();
    if (from !== undefined) freeState(from);
    const { state, finished } = orRefuse(fitted, showFitError);
    const value = { state, losses, watched, ...time.read() };
    return { value, step: state.step, finished, of: ` of ${steps} of ${name}` };
  });

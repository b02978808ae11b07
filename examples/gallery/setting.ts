/** What an example is run with, from a command line. */
import * as tf from '@tensorflow/tfjs';
import { type Key, foldIn, key as keyOf } from 'marginalia';
import { type ProgressBar, progressBar } from 'marginalia/checkpoints';
import type { Dataset } from 'marginalia/data';
import { fingerprint } from '../command-line/fingerprint.js';
import { type Fitted, fitInFolder } from '../command-line/fit-in-folder.js';
import { engineOf } from '../command-line/run-options.js';
import type { FitTask, Setting } from './example.js';
import type { Options } from './options.js';

/** Rows that a fingerprint looks at: all of a large set would have to be gathered for it. */
const LOOKED_AT = 256;

const numbersIn = (batch: tf.TensorContainer): readonly tf.TypedArray[] => {
  if (batch instanceof tf.Tensor) return [batch.dataSync()];
  return typeof batch === 'object' && !ArrayBuffer.isView(batch)
    ? Object.values(batch).flatMap(numbersIn)
    : [];
};

const fingerprintOf = <B extends tf.TensorContainer>({ size, batch }: Dataset<B>, key: Key) => {
  const count = Math.min(size, LOOKED_AT);
  const rows = Int32Array.from({ length: count }, (_, i) => Math.floor((i * size) / count));
  return tf.tidy(() => fingerprint(...numbersIn(batch(rows, key))));
};

/** The setting that the options ask for; what is trained leaves its checkpoints in the `out` folder. */
export const settingOf = (
  options: Options,
  say: (line: string) => void,
  barFor: () => ProgressBar = () => progressBar(),
): Setting => {
  const { data, quick, seed, steps = Infinity } = options;
  const key = keyOf(seed);
  const capped = (asked: number): number => Math.min(asked, steps);
  const fitWithCurves = async <B extends tf.TensorContainer, P extends string>(
    task: FitTask<B, P>,
  ): Promise<Fitted<P>> => {
    const own = foldIn(foldIn(key, 'fit'), task.name);
    const length = capped(task.steps);
    say(`${task.name}: ${length} steps of ${task.batchSize}.`);
    const bar = barFor();
    try {
      return await fitInFolder(
        {
          ...task,
          steps: length,
          key: own,
          settings: {
            seed: String(seed),
            steps: String(length),
            batch: String(task.batchSize),
            data: fingerprintOf(task.data, own),
          },
          onProgress: (progress) => {
            bar.update(progress);
            return task.onProgress?.(progress);
          },
        },
        options,
      );
    } finally {
      bar.stop();
    }
  };
  return {
    data,
    quick,
    key,
    engine: engineOf(options),
    say,
    capped,
    fit: async (task) => (await fitWithCurves(task)).state,
    fitWithCurves,
  };
};

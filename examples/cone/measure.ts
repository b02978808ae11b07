/** Trains one bound, and measures it on draws of its own. */
import * as tf from '@tensorflow/tfjs';
import {
  type Key,
  type SviState,
  foldIn,
  freeState,
  item,
  paramValues,
  predictive,
  rowsOf,
  showDerivation,
} from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { fitInFolder } from '../command-line/fit-in-folder.js';
import { engineOf } from '../command-line/run-options.js';
import type { ConeFit } from './fits.js';
import type { Options } from './options.js';

/** What one fit came to. */
export interface Measured {
  /** Nats. */
  readonly bound: number;
  readonly standardError: number;
  readonly params: Readonly<Record<string, number>>;
  readonly derivation: string;
  readonly trainSeconds: number;
  /** Draws of the guide: x and y. */
  readonly draws: readonly (readonly [number, number])[];
}

/** Estimates in one call. */
const CHUNK = 500;

const heights = (z: number, count: number): tf.Tensor => tf.fill([count], z);

const measure = async (
  { inference }: ConeFit,
  state: SviState,
  options: Options,
  { z, key }: { readonly z: number; readonly key: Key },
): Promise<Pick<Measured, 'bound' | 'standardError'>> => {
  const evaluation = evaluator(inference, engineOf(options));
  const batch = heights(z, CHUNK);
  const means: number[] = [];
  while (means.length * CHUNK < options.samples) {
    const { bound } = await evaluation.bound(state, batch, { key: foldIn(key, means.length) });
    means.push(bound / CHUNK);
  }
  batch.dispose();
  await evaluation.close();
  const bound = means.reduce((a, b) => a + b, 0) / means.length;
  const squares = means.reduce((sum, m) => sum + (m - bound) ** 2, 0);
  return { bound, standardError: Math.sqrt(squares / means.length / (means.length - 1)) };
};

const drawsOf = (
  { inference }: ConeFit,
  { params }: SviState,
  { count, z, key }: { readonly count: number; readonly z: number; readonly key: Key },
): Measured['draws'] => {
  const batch = heights(z, count);
  const sites = predictive(inference.guide(batch), { params, key, samples: 1 });
  const [x = [], y = []] = [sites['x']?.dataSync(), sites['y']?.dataSync()];
  tf.dispose([batch, ...Object.values(sites)]);
  return Array.from(x, (at, i) => [at, y[i] ?? Number.NaN]);
};

/** Trains a fit from the seed's start, and measures it. */
export const trainAndMeasure = async (
  one: ConeFit,
  z: number,
  key: Key,
  options: Options,
  drawn: number,
): Promise<Measured> => {
  const { steps, copies, seed } = options;
  const began = performance.now();
  const { state } = await fitInFolder(
    {
      name: one.name,
      svi: one.inference,
      data: rowsOf(new Float32Array(copies).fill(z), []),
      batchSize: copies,
      steps,
      key,
      settings: { steps: String(steps), copies: String(copies), seed: String(seed) },
    },
    options,
  );
  const trainSeconds = (performance.now() - began) / 1000;
  const measured = await measure(one, state, options, { z, key: foldIn(key, 'measure') });
  const values = paramValues(state);
  const params = Object.fromEntries(Object.entries(values).map(([name, x]) => [name, item(x)]));
  tf.dispose(values);
  const draws = drawsOf(one, state, { count: drawn, z, key: foldIn(key, 'draws') });
  freeState(state);
  return {
    ...measured,
    params,
    derivation: showDerivation(state.derivation),
    trainSeconds,
    draws,
  };
};

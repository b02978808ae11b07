/** Fits one guide to one posterior. */
import * as tf from '@tensorflow/tfjs';
import { type Key, adam, cosineDecay, foldIn, freeState, rowsOf, svi } from 'marginalia';
import { fingerprint } from '../command-line/fingerprint.js';
import { fitInFolder } from '../command-line/fit-in-folder.js';
import type { Task } from './data.js';
import { type Judgement, judge } from './judge.js';
import { type Moments, momentsOf } from './moments.js';
import type { Options } from './options.js';
import type { Fitting, Problem } from './problem.js';

/** What a fit came to. */
export interface Fitted extends Omit<Moments, 'guide' | 'corrected'> {
  readonly family: string;
  /** The guide's own moments, which are what is judged. */
  readonly guide: readonly Judgement[];
  /** Those of its draws weighed by the model. */
  readonly corrected: readonly Judgement[];
  readonly steps: number;
  readonly seconds: number;
}

/** What a fit is called. */
export const fitName = ({ name }: Problem, { family }: Fitting): string => `${name} ${family}`;

/** Trains a guide from its start, for its own number of steps or another, and judges it by draws. */
export const fitPosterior = async (
  { problem, reference }: Task,
  fitting: Fitting,
  key: Key,
  options: Options,
): Promise<Fitted> => {
  const { draws, seed, steps = fitting.steps } = options;
  const began = performance.now();
  const width = problem.rows[0]?.length ?? 1;
  const values = Float32Array.from(problem.rows.flat());
  const { state } = await fitInFolder(
    {
      name: fitName(problem, fitting),
      svi: svi({
        model: problem.model,
        guide: fitting.guide,
        objective: fitting.objective,
        optimizer: adam(cosineDecay(fitting.rate, steps)),
      }),
      data: rowsOf(values, [width]),
      batchSize: problem.rows.length,
      steps,
      key,
      settings: { steps: String(steps), seed: String(seed), data: fingerprint(values) },
    },
    options,
  );
  const seconds = (performance.now() - began) / 1000;
  const rows = tf.tensor2d(values, [problem.rows.length, width]);
  const { guide, corrected, ...rest } = momentsOf(problem, fitting, {
    rows,
    params: state.params,
    key: foldIn(key, 'moments'),
    draws,
    names: Object.keys(reference),
  });
  rows.dispose();
  freeState(state);
  return {
    ...rest,
    family: fitting.family,
    guide: judge(reference, guide),
    corrected: judge(reference, corrected),
    steps,
    seconds,
  };
};

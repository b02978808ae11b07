/** What training is asked for. */
import type * as tf from '@tensorflow/tfjs';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  type Rule,
  type Rules,
  callable,
  checkOptions,
  demand,
  flag,
  having,
  positiveNumber,
  required,
  whole,
} from '../../dsl/refusals/options.js';
import type { Key } from '../random/index.js';
import type { Dataset } from '../data/dataset.js';
import { type EngineOptions, engineRules } from '../inference/compiled/engine.js';
import type { SviState } from '../inference/svi-state.js';
import type { Svi } from '../inference/inference.js';
import { keyRule } from '../random/key-rule.js';
import { type HeldOut, checkHeldOut, goesByHeldOut } from './held-out-data.js';
import { type TrainingLength, checkLength } from './length.js';

/** How much work may lie between two saves: a kill loses no more of it. */
export interface SaveInterval {
  readonly steps?: number;
  readonly minutes?: number;
}

/** Saves a state; `C` is how that can fail. */
export interface Checkpointing<C> {
  /**
   * When a state is saved: after so many steps, or after the step in which so many minutes have
   * passed since the last save, whichever comes first. The last state is saved as well, however
   * training ends.
   */
  readonly every: SaveInterval;
  readonly save: (state: SviState) => TaskEither<C, void>;
}

/** What is trained, on what, and for how long. */
export interface FitOptions<
  B extends tf.TensorContainer,
  C = never,
  P extends string = string,
> extends EngineOptions {
  readonly svi: Svi<B, P>;
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly length: TrainingLength;
  /** The seed of everything: initial values, order of the data, noise. */
  readonly key: Key;
  /** Go on from here instead of from the start; its key takes the place of `key`. */
  readonly from?: SviState;
  /**
   * Whether an epoch visits the elements in an order of its own, the default, or as they stand. A
   * batch of all elements is never shuffled, so that values of a plate keep their places.
   */
  readonly shuffle?: boolean;
  /** Data that are not trained on, whose losses are told, may end training and move `reduceOnPlateau`. */
  readonly heldOut?: HeldOut<B>;
  /** Steps between reports; 20 where it is left out. */
  readonly reportEvery?: number;
  /** Stops after the step in progress. */
  readonly signal?: AbortSignal;
  readonly checkpoint?: Checkpointing<C>;
  /**
   * Told, before the first step, of what is certain but may be meant, one line for each finding, and
   * that ONNX Runtime would be faster and is not installed. Where it is left out, `console.warn` is.
   */
  readonly onWarning?: (warning: string) => void;
}

const rules: Rules<FitOptions<tf.TensorContainer, unknown>> = {
  svi: required(having('an inference', 'svi({ model, guide, … })', 'init', 'step', 'stages')),
  data: required(having('a data set', 'rowsOf(values, shape)', 'size', 'batch')),
  batchSize: required(whole()),
  length: required(having('a length', '{ epochs: 10 } or { steps: 1000 }')),
  key: required(keyRule),
  from: having('a state', 'one that this inference made', 'params', 'optimizer', 'step', 'key'),
  shuffle: flag,
  heldOut: having('held-out data', '{ data, every: { epochs: 1 }, patience: 5 }', 'data'),
  reportEvery: whole(),
  signal: having('an AbortSignal', 'the signal of an AbortController', 'aborted'),
  checkpoint: having('when and how to save', '{ every: { minutes: 1 }, save }', 'every', 'save'),
  ...engineRules,
};

const checkCheckpoint = (who: string, checkpoint: Checkpointing<unknown>): void => {
  checkOptions(`${who}: checkpoint`, checkpoint, {
    every: required(having('an interval', '{ steps: 1000 }, { minutes: 1 } or both')),
    save: required(callable('saveCheckpoint(path)')),
  });
  const { every } = checkpoint;
  checkOptions(`${who}: checkpoint.every`, every, { steps: whole(), minutes: positiveNumber });
  demand(
    every.steps !== undefined || every.minutes !== undefined,
    `${who}: checkpoint.every`,
    'steps, minutes or both',
    'neither',
    'pass { minutes: 1 }, say',
  );
};

/**
 * Throws a `RangeError` that names the option which is unknown, missing or out of range; `others` are
 * the rules of options beside these.
 */
export const checkFitOptions = <B extends tf.TensorContainer, C>(
  who: string,
  options: FitOptions<B, C>,
  others: Readonly<Record<string, Rule>> = {},
): void => {
  checkOptions<object>(who, options, { ...rules, ...others });
  const { batchSize, data, length, checkpoint, from } = options;
  checkOptions<Pick<Dataset<B>, 'size' | 'batch' | 'write'>>(
    `${who}: data`,
    { size: data.size, batch: data.batch, ...(data.write && { write: data.write }) },
    {
      size: required(whole()),
      batch: required(callable('(rows) => tf.gather(values, rows)')),
      write: callable('(rows, key, into) => writeRows(values, width, rows, into)'),
    },
  );
  demand(
    batchSize <= data.size,
    who,
    `batchSize to be at most ${data.size}, the size of the data`,
    batchSize,
    `pass ${data.size} for a batch of all of them`,
  );
  if (from !== undefined) checkOptions(`${who}: from`, { step: from.step }, { step: whole(0) });
  checkLength(who, length);
  if (checkpoint !== undefined) checkCheckpoint(who, checkpoint);
  if (options.heldOut !== undefined) checkHeldOut(who, options.heldOut);
  demand(
    options.heldOut !== undefined || !goesByHeldOut(options.svi),
    who,
    'held-out data, for an optimizer that goes by their losses',
    'none',
    'pass heldOut: { data }, or leave reduceOnPlateau out',
  );
};

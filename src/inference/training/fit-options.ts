/** What training is asked for. */
import type * as tf from '@tensorflow/tfjs';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { checkWhole } from '../../../dsl/options.js';
import type { Key } from '../../random/index.js';
import type { Dataset } from '../dataset.js';
import type { EngineOptions } from '../compiled/engine.js';
import type { Svi, SviState } from '../svi.js';

/** How long to train. */
export type Length = { readonly epochs: number } | { readonly steps: number };

/** Saves a state; `C` is how that can fail. */
export interface Checkpointing<C> {
  /** Steps between saves; the last state is saved as well. */
  readonly every: number;
  readonly save: (state: SviState) => TaskEither<C, void>;
}

/** What is trained, on what, and for how long. */
export interface FitOptions<B extends tf.TensorContainer, C = never> extends EngineOptions {
  readonly svi: Svi<B>;
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly length: Length;
  /** The seed of everything: initial values, order of the data, noise. */
  readonly key: Key;
  /** Go on from here instead of from the start; its key takes the place of `key`. */
  readonly from?: SviState;
  /**
   * Whether an epoch visits the elements in an order of its own, the default, or as they stand. A
   * batch of all elements is never shuffled, so that values of a plate keep their places.
   */
  readonly shuffle?: boolean;
  /** Steps between reports; 20 where it is left out. */
  readonly reportEvery?: number;
  /** Stops after the step in progress. */
  readonly signal?: AbortSignal;
  readonly checkpoint?: Checkpointing<C>;
}

/** Throws a `RangeError` where an option is out of range. */
export const checkFitOptions = <B extends tf.TensorContainer, C>(
  options: FitOptions<B, C>,
): void => {
  const { batchSize, data, length, reportEvery = 1, checkpoint } = options;
  checkWhole('fit', { batchSize, 'data.size': data.size, reportEvery });
  checkWhole('fit', 'steps' in length ? { steps: length.steps } : { epochs: length.epochs }, 0);
  if (checkpoint !== undefined) checkWhole('fit', { 'checkpoint.every': checkpoint.every });
};

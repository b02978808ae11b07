/** Data that are not trained on, and how often their loss is taken. */
import type * as tf from '@tensorflow/tfjs';
import {
  checkOptions,
  demand,
  finiteNumber,
  having,
  required,
  whole,
} from '../../dsl/refusals/options.js';
import type { Dataset } from '../data/dataset.js';
import type { Svi } from '../inference/inference.js';
import { type TrainingLength, checkLength } from './length.js';

/** Data beside those that are trained on, and what their losses decide. */
export interface HeldOut<B extends tf.TensorContainer> {
  readonly data: Dataset<B>;
  /** How often their loss is taken: every so many epochs, or steps; after each epoch where it is left out. */
  readonly every?: TrainingLength;
  /**
   * Elements in a batch; those of training where it is left out, or all where there are fewer. Of programs whose
   * terms all lie in the plate of the batch, or of a subsampled one, the loss is the same for any.
   */
  readonly batchSize?: number;
  /** Ends training once so many losses in a row are not below the best; left out, none ends it. */
  readonly patience?: number;
  /** How far below the best a loss must be to count as better; 0 where it is left out. */
  readonly minDelta?: number;
}

/** Throws a `RangeError` that names what is wrong. */
export const checkHeldOut = <B extends tf.TensorContainer>(
  who: string,
  heldOut: HeldOut<B>,
): void => {
  checkOptions<HeldOut<B>>(`${who}: heldOut`, heldOut, {
    data: required(having('a data set', 'rowsOf(values, shape)', 'size', 'batch')),
    every: having('how often', '{ epochs: 1 } or { steps: 100 }'),
    batchSize: whole(),
    patience: whole(),
    minDelta: { ...finiteNumber, expected: 'a finite number of at least 0', cure: 'pass 0, say' },
  });
  const { every, minDelta = 0, data, batchSize = 1 } = heldOut;
  demand(minDelta >= 0, `${who}: heldOut`, 'minDelta to be at least 0', minDelta, 'pass 0, say');
  demand(
    batchSize <= data.size,
    `${who}: heldOut`,
    `batchSize to be at most ${data.size}, the size of the data`,
    batchSize,
    `pass ${data.size} for a batch of all of them`,
  );
  if (every === undefined) return;
  checkLength(`${who}: heldOut.every`, every);
  const often = 'steps' in every ? every.steps : every.epochs;
  demand(often > 0, `${who}: heldOut.every`, 'at least 1', often, 'pass { epochs: 1 }, say');
};

/** Whether an optimiser goes by held-out losses. */
export const goesByHeldOut = <B>(svi: Svi<B>): boolean =>
  svi.stages.some(({ phase }) => phase.observe !== undefined);

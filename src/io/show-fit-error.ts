import { showNonFinite } from '../inference/show-non-finite.js';
import type { FitError } from '../inference/training/fit-error.js';
import { type CheckpointError, showCheckpointError } from './checkpoints/checkpoint.js';

/**
 * One clear sentence for why training stopped early.
 *
 * @example
 * ```ts
 * const error = { tag: 'notCompiled', reason: 'it reads a value' } as const;
 * showFitError(error); // 'The step cannot be compiled: it reads a value. Train with the eager engine.'
 * ```
 */
export const showFitError = (error: FitError<CheckpointError>): string => {
  switch (error.tag) {
    case 'nonFinite':
      return showNonFinite(error.where);
    case 'checkpoint':
      return showCheckpointError(error.error);
    case 'notCompiled':
      return `The step cannot be compiled: ${error.reason}. Train with the eager engine.`;
  }
};

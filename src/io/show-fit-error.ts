import type { During, Trouble } from '../training/fit-error.js';
import { showNonFinite } from '../training/non-finite/show-non-finite.js';
import { reasonOf } from '../../dsl/refusals/thrown.js';
import { type CheckpointError, showCheckpointError } from './checkpoints/checkpoint.js';

const doing = (during: During): string => {
  switch (during) {
    case 'step':
      return 'A program threw in a step';
    case 'data':
      return 'The data set threw where it makes a batch';
    case 'callback':
      return 'A listener threw';
    case 'evaluation':
      return 'The loss of held-out data could not be taken';
    case 'save':
      return 'The save of a checkpoint threw';
  }
};

/**
 * One clear sentence for why training stopped early.
 *
 * @example
 * ```ts
 * showFitError({ _tag: 'notCompiled', reason: 'the operation Diag cannot be compiled' });
 * // "The step cannot be compiled: the operation Diag cannot be compiled. engine: 'eager' interprets all that can be traced."
 * showFitError({ _tag: 'threw', during: 'callback', error: new Error('no room') });
 * // 'A listener threw: no room.'
 * ```
 */
export const showFitError = (error: Trouble<CheckpointError>): string => {
  switch (error._tag) {
    case 'nonFinite':
      return showNonFinite(error.where);
    case 'checkpoint':
      return showCheckpointError(error.error);
    case 'notCompiled':
      return `The step cannot be compiled: ${error.reason.replace(/\.$/, '')}. engine: 'eager' interprets all that can be traced.`;
    case 'threw':
      return `${doing(error.during)}: ${reasonOf(error.error).replace(/\.$/, '')}.`;
  }
};

import { excerpt } from '../files/excerpt.js';
import { type FileError, showFileError } from '../files/file-error.js';

/** Why a checkpoint could not be written or read. */
export type CheckpointError =
  | FileError
  | { readonly _tag: 'missing'; readonly path: string }
  | { readonly _tag: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly _tag: 'anotherModel'; readonly path: string; readonly reason: string };

/**
 * One clear sentence for a checkpoint error, of bounded length.
 *
 * @example
 * ```ts
 * showCheckpointError({ _tag: 'missing', path: 'run.safetensors' });
 * // 'There is no checkpoint at run.safetensors; give the path of one, or train from the start.'
 * ```
 */
export const showCheckpointError = (error: CheckpointError): string => {
  const path = excerpt(error.path, 400);
  switch (error._tag) {
    case 'missing':
      return `There is no checkpoint at ${path}; give the path of one, or train from the start.`;
    case 'unreadable':
      return `${path} is not a whole checkpoint of this program: ${error.reason}.`;
    case 'unwritable':
      return `The checkpoint ${showFileError(error)}`;
    case 'anotherModel':
      return `${path} is the checkpoint of another model: ${error.reason}. Use the options it was trained with.`;
  }
};

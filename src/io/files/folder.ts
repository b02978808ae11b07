/** Folders: made, tried, and flushed. */
import { dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { hasCode } from '../../../dsl/refusals/thrown.js';
import { type FileError, whyNot } from './file-error.js';
import { type FileFacts, type FileOperations, nodeFiles } from './file-operations.js';
import { temporaryName, thisProcess } from './temporary-file.js';
import { writeNew } from './write-new.js';

const factsOf = (files: FileOperations, path: string): Promise<FileFacts | undefined> =>
  files.stat(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  });

/**
 * Makes a folder and those above it where they are not there, and returns the folders that have a new
 * entry. Not by Node's own recursion, which never ends for '' and wherever a system has no such file
 * though its folder is there, as in /proc.
 */
export const makeFolder = async (
  files: FileOperations,
  path: string,
): Promise<readonly string[]> => {
  const facts = await factsOf(files, path);
  if (facts?.isDirectory() === true) return [];
  if (facts !== undefined) throw new Error(`${path} is a file, where a folder should be`);
  const above = dirname(path);
  const changed = above === path ? [] : await makeFolder(files, above);
  try {
    await files.mkdir(path);
  } catch (error) {
    // Another process was faster.
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  return [above, ...changed];
};

/** What systems say that do not flush folders. */
const NOT_FLUSHED = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF', 'ENOSYS'];

/** Flushes the entries of a folder to the disk, on systems that can: a new name stays after a power failure. */
export const syncFolder = async (files: FileOperations, path: string): Promise<void> => {
  try {
    const folder = await files.open(path, 'r');
    try {
      await folder.sync();
    } finally {
      await folder.close();
    }
  } catch (error) {
    if (!hasCode(error, ...NOT_FLUSHED)) throw error;
  }
};

/** `tryFolder` by these operations. */
export const tryingBy =
  (files: FileOperations) =>
  (path: string): TaskEither<FileError, void> =>
  async () => {
    try {
      if (path === '') throw new Error('the path is empty; name a folder, or . for this one');
      await makeFolder(files, path);
      const trial = join(path, temporaryName(thisProcess()));
      await writeNew(files, trial, [Uint8Array.of(0)]);
      await files.unlink(trial);
      return E.right(undefined);
    } catch (error) {
      return E.left({ _tag: 'unwritable', path, reason: whyNot(error) });
    }
  };

/**
 * Makes a folder where it is not there, and tries to write a file in it, which goes again: before hours of
 * work whose results are to lie there. Errors: `FileError`.
 *
 * @example
 * ```ts
 * await tryFolder('out')(); // E.right(undefined)
 * E.mapLeft(showFileError)(await tryFolder('')());
 * // E.left("'' could not be written: the path is empty; name a folder, or . for this one.")
 * ```
 */
export const tryFolder = tryingBy(nodeFiles);

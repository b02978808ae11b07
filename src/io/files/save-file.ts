/**
 * Saves a file whole or not at all. Under its final name stands either all of the old content or all of
 * the new, whatever fails and whenever the process or the machine stops: the content goes to a
 * temporary file in the same folder, is written until all of it is, flushed and measured, and then
 * takes the name; the folder is flushed last, so that the name stays.
 */
import { constants } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { hasCode } from '../../../dsl/refusals/thrown.js';
import { type FileError, whyNot } from './file-error.js';
import { type FileOperations, nodeFiles } from './file-operations.js';
import { makeFolder, syncFolder } from './folder.js';
import { sweep, temporaryName, thisProcess } from './temporary-file.js';
import { writeNew } from './write-new.js';

/** What a file is to hold: text as UTF-8, bytes, or bytes in parts. */
export type FileContent = string | Uint8Array | readonly Uint8Array[];

const partsOf = (content: FileContent): readonly Uint8Array[] => {
  if (typeof content === 'string') return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
};

/** Whether anything has this name, be it a link to nothing. */
const isThere = async (files: FileOperations, path: string): Promise<boolean> => {
  try {
    await files.lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
};

/** Where a path leads, links followed, and the mode of the file that is there. */
const targetOf = async (
  files: FileOperations,
  path: string,
): Promise<{ readonly path: string; readonly mode?: number }> => {
  if (basename(path) === '') throw new Error('the path names no file; give one');
  try {
    const real = await files.realpath(path);
    const facts = await files.stat(real);
    if (!facts.isFile()) {
      const what = facts.isDirectory() ? 'a folder' : 'a device or the like';
      throw new Error(`it is ${what}; give the path of a file`);
    }
    // A name can be given to another file where the one that has it must not be written to.
    await files.access(real, constants.W_OK);
    return { path: real, mode: facts.mode & 0o7777 };
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  if (await isThere(files, path)) throw new Error('it is a link to what is not there; remove it');
  return { path };
};

const replace = async (
  files: FileOperations,
  path: string,
  parts: readonly Uint8Array[],
): Promise<void> => {
  const target = await targetOf(files, path);
  const folder = dirname(target.path);
  const changed = [folder, ...(await makeFolder(files, folder))];
  const writer = thisProcess();
  await sweep(files, folder, writer);
  const temporary = join(folder, temporaryName(writer));
  await writeNew(files, temporary, parts, target.mode);
  try {
    await files.rename(temporary, target.path);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined);
    throw error;
  }
  for (const one of changed) await syncFolder(files, one);
};

/** `saveFile` by these operations. */
export const savingBy =
  (files: FileOperations) =>
  (path: string, content: FileContent): TaskEither<FileError, void> =>
  async () => {
    try {
      await replace(files, path, partsOf(content));
      return E.right(undefined);
    } catch (error) {
      return E.left({ _tag: 'unwritable', path, reason: whyNot(error) });
    }
  };

/**
 * Writes a file whole or not at all; folders that are not there are made. A full disk, a kill or a power
 * failure leaves what stood under the path before. Links are followed, and the mode of a file stays.
 *
 * What a killed process left in the folder is removed. Of two saves at once the one that ends last stays.
 * Errors: `FileError`, among them a path to what is no regular file, or to one that may not be written.
 *
 * @example
 * ```ts
 * await saveFile('out/notes.txt', 'kept')(); // E.right(undefined)
 * E.mapLeft(showFileError)(await saveFile('out', 'kept')());
 * // E.left('out could not be written: it is a folder; give the path of a file.')
 * ```
 */
export const saveFile = savingBy(nodeFiles);

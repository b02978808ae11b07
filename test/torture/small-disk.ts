/** A disk that is soon full: a real one where one may be mounted, and write failures where not. */
import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, mkdirSync, openSync, statfsSync, writeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '../../dsl/refusals/thrown.js';
import { type FileOperations, nodeFiles } from '../../src/io/files/file-operations.js';
import { fullAfter } from '../io/files/faulty-files.js';

export interface SmallDisk {
  /** What it is, in words. */
  readonly is: string;
  readonly folder: string;
  /** The operations on its files, once so many bytes are left on it. */
  readonly withRoom: (bytes: number) => FileOperations;
  readonly remove: () => Promise<void>;
}

/** Writes until no more than so many bytes are left. */
const fill = (folder: string, bytes: number): void => {
  const { bavail, bsize } = statfsSync(folder);
  const taken = bavail * bsize - bytes;
  if (taken <= 0) return;
  const file = openSync(join(folder, 'ballast'), 'a');
  let left = taken;
  while (left > 0) left -= writeSync(file, new Uint8Array(left));
  fsyncSync(file);
  closeSync(file);
};

/** A disk of so many bytes in a new folder. */
export const smallDisk = (folder: string, bytes: number, mounts = true): SmallDisk => {
  mkdirSync(folder);
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  try {
    if (!mounts) throw new Error('not asked for');
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], {
      stdio: 'pipe',
    });
  } catch (error) {
    const [why = ''] = reasonOf(error).split('\n').slice(-1);
    return {
      is: `no disk could be mounted (${why.trim() || 'not allowed'}): write failures at the file handle`,
      folder,
      withRoom: fullAfter,
      remove,
    };
  }
  return {
    is: `a tmpfs of ${bytes} bytes`,
    folder,
    withRoom: (room) => {
      fill(folder, room);
      return nodeFiles;
    },
    remove: async () => {
      execFileSync('umount', [folder]);
      await remove();
    },
  };
};

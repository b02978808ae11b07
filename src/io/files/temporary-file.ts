/**
 * Files on their way to their final names. The name of one says which process of which machine writes
 * it, so that what a process left behind when it was killed is found and removed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { hasCode } from '../../../dsl/refusals/thrown.js';
import type { FileOperations } from './file-operations.js';

/** Who asks. */
export interface Writer {
  /** A digest of the machine's name: only its own processes can be asked for. */
  readonly machine: string;
  readonly pid: number;
  /** When the process began, in milliseconds since 1970. */
  readonly began: number;
  /** The time. */
  readonly now: number;
  readonly lives: (pid: number) => boolean;
}

const lives = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // One of another user is there, and may not be asked.
    return hasCode(error, 'EPERM');
  }
};

/** This process. */
export const thisProcess = (): Writer => ({
  machine: createHash('sha256').update(hostname()).digest('hex').slice(0, 8),
  pid: process.pid,
  began: Date.now() - process.uptime() * 1000,
  now: Date.now(),
  lives,
});

/** Short, whatever the final name is: a name may have 255 bytes. */
export const temporaryName = ({ machine, pid }: Pick<Writer, 'machine' | 'pid'>): string =>
  `.marginalia-${machine}-${pid}-${randomBytes(6).toString('hex')}.tmp`;

const NAME = /^\.marginalia-([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.tmp$/;

/** No write takes a day: where a process cannot be asked for, or its number was given away again. */
const DAY = 24 * 60 * 60 * 1000;

/** How coarse the times of a file system may be, in milliseconds. */
const COARSE = 2000;

/**
 * Whether nobody will finish the file of this name, last written at `mtimeMs`; false for a name that
 * `temporaryName` did not make.
 *
 * @example
 * ```ts
 * const writer = { machine: '0123abcd', pid: 7, began: 0, now: 1, lives: (pid: number) => pid === 7 };
 * isStale('.marginalia-0123abcd-8-0123456789ab.tmp', 1, writer); // true
 * isStale('.marginalia-0123abcd-7-0123456789ab.tmp', 1, writer); // false
 * isStale('notes.tmp', 1, writer); // false
 * ```
 */
export const isStale = (name: string, mtimeMs: number, writer: Writer): boolean => {
  const [, machine, pid] = NAME.exec(name) ?? [];
  if (machine === undefined) return false;
  if (writer.now - mtimeMs > DAY) return true;
  if (machine !== writer.machine) return false;
  // A container that starts again may give its process the number of the one before.
  return Number(pid) === writer.pid ? mtimeMs < writer.began - COARSE : !writer.lives(Number(pid));
};

/** Removes what killed processes left in a folder. What cannot be removed stays, and is no error. */
export const sweep = async (
  files: FileOperations,
  folder: string,
  writer: Writer,
): Promise<void> => {
  const names = await files.readdir(folder).catch((): readonly string[] => []);
  for (const name of names.filter((n) => NAME.test(n))) {
    const path = join(folder, name);
    try {
      if (isStale(name, (await files.stat(path)).mtimeMs, writer)) await files.unlink(path);
    } catch {
      // Another process swept it, or may and we may not.
    }
  }
};

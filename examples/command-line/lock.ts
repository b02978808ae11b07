/** A lock on a folder: a file that names the process which holds it, so that a dead one holds nothing. */
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { unlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { Refusal } from './refusal.js';

const Holder = t.intersection([
  t.strict({ pid: t.number, host: t.string }),
  // When the process began, where the system says so: numbers of processes are given again.
  t.partial({ began: t.string }),
]);

type Holder = t.TypeOf<typeof Holder>;

const lockPath = (folder: string): string => join(folder, 'run.lock');

const textIn = (path: string): Promise<string | undefined> =>
  readFile(path, 'utf8').catch(() => undefined);

/** When a process began, in the system's own ticks; nothing where it does not say. */
const beganAt = async (pid: number): Promise<string | undefined> =>
  // The name, in brackets, may have spaces in it.
  (await textIn(`/proc/${pid}/stat`))?.replace(/^.*\)/s, '').trim().split(' ')[19];

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
};

const holderIn = (text: string): Holder | undefined => {
  const parsed = E.tryCatch((): unknown => JSON.parse(text), String);
  const holder = E.chainW(Holder.decode)(parsed);
  return E.isRight(holder) ? holder.right : undefined;
};

/** Whether a lock may still be held: of what cannot be looked at, it may. */
const isHeld = async ({ pid, host, began }: Holder): Promise<boolean> => {
  if (host !== hostname()) return true;
  if (pid === process.pid || !isAlive(pid)) return false;
  const now = await beganAt(pid);
  return began === undefined || now === undefined || began === now;
};

const refusal = (folder: string, holder: Holder | undefined): Refusal =>
  new Refusal(
    `${folder} is in use by ${holder === undefined ? 'another run' : `process ${holder.pid} on ${holder.host}`}; wait ` +
      `for it, or name another folder with --out. If there is no such run, remove ${lockPath(folder)}.`,
  );

/** Removes the lock of a dead process, unless another run has just taken its place. */
const removeStale = async (folder: string, text: string): Promise<void> => {
  const aside = `${lockPath(folder)}.${process.pid}`;
  await rename(lockPath(folder), aside).catch(() => undefined);
  const taken = await textIn(aside);
  if (taken === undefined) return;
  if (taken !== text) {
    await rename(aside, lockPath(folder));
    throw refusal(folder, holderIn(taken));
  }
  await unlink(aside);
};

const create = async (folder: string): Promise<boolean> => {
  const began = await beganAt(process.pid);
  const own: Holder = { pid: process.pid, host: hostname(), ...(began !== undefined && { began }) };
  try {
    const file = await open(lockPath(folder), 'wx');
    try {
      await file.writeFile(`${JSON.stringify(own)}\n`);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
};

/** Takes the lock of a folder, which is refused where another run has it; gives what frees it. */
export const lockFolder = async (folder: string): Promise<() => void> => {
  for (let tries = 0; !(await create(folder)); tries += 1) {
    const text = await textIn(lockPath(folder));
    // It may have been freed since.
    if (text === undefined && tries < 3) continue;
    const holder = holderIn(text ?? '');
    if (holder === undefined || tries >= 3 || (await isHeld(holder))) throw refusal(folder, holder);
    await removeStale(folder, text ?? '');
  }
  const free = (): void => {
    process.off('exit', free);
    try {
      unlinkSync(lockPath(folder));
    } catch {
      // Somebody removed it by hand, as they were told.
    }
  };
  process.on('exit', free);
  return free;
};

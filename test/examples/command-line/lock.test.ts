/** Two runs into one folder are refused; a dead one holds nothing. */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { lockFolder } from '../../../examples/command-line/lock.js';
import { inOutFolder } from '../../../examples/command-line/out-folder.js';
import { runOptions } from '../example-run.js';
import { temporaryFolder } from '../../temporary-folder.js';

const root = temporaryFolder();
let made = 0;
const folder = (): string => {
  made += 1;
  const path = join(root, String(made));
  mkdirSync(path);
  return path;
};

const lockOf = (path: string): string => join(path, 'run.lock');

/** A process that has ended: its number is free, or given to another. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

const holds = (path: string, holder: object): void =>
  writeFileSync(lockOf(path), JSON.stringify(holder));

describe('a lock', () => {
  it('names who holds it, and is gone when it is freed', async () => {
    const path = folder();
    const free = await lockFolder(path);
    expect(JSON.parse(readFileSync(lockOf(path), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    free();
    expect(readdirSync(path)).toEqual([]);
    (await lockFolder(path))();
  });

  it.each([
    ['a process that is alive', { pid: process.ppid, host: hostname() }],
    ['a process elsewhere', { pid: 2 ** 30, host: 'another.machine' }],
  ])('of %s is refused with the cure', async (_, holder) => {
    const path = folder();
    holds(path, holder);
    await expect(lockFolder(path)).rejects.toThrow(
      `${path} is in use by process ${holder.pid} on ${holder.host}; wait for it, or name another ` +
        `folder with --out. If there is no such run, remove ${lockOf(path)}.`,
    );
    expect(existsSync(lockOf(path))).toBe(true);
  });

  it('that nobody can read is refused', async () => {
    const path = folder();
    writeFileSync(lockOf(path), 'something');
    await expect(lockFolder(path)).rejects.toThrow(/in use by another run.*remove .*run\.lock/);
  });

  it.each([
    ['a process that is dead', () => ({ pid: deadPid(), host: hostname() })],
    [
      'a process whose number is another’s by now',
      () => ({ pid: process.ppid, host: hostname(), began: '1' }),
    ],
    ['a process of our own number, before us', () => ({ pid: process.pid, host: hostname() })],
  ])('of %s is taken over', async (_, holder) => {
    const path = folder();
    holds(path, holder());
    const free = await lockFolder(path);
    expect(JSON.parse(readFileSync(lockOf(path), 'utf8'))).toMatchObject({ pid: process.pid });
    free();
    expect(readdirSync(path)).toEqual([]);
  });
});

describe('the folder of a run', () => {
  const done = async (): Promise<string> => 'done';

  it('is refused where a run lies in it, unless that is resumed or overwritten', async () => {
    for (const [file, state] of [
      ['metrics.json', 'finished'],
      ['a.safetensors', 'stopped'],
    ] as const) {
      const path = folder();
      writeFileSync(join(path, file), 'kept');
      const options = runOptions(path);
      await expect(inOutFolder(options, ['a.safetensors'], done)).rejects.toThrow(
        `${path} holds a run that was ${state}; go on with it by --resume, replace it by --overwrite, or name`,
      );
      expect(readdirSync(path)).toEqual([file]);
      const anew = { ...options, overwrite: true };
      const both = { ...anew, resume: true };
      await expect(inOutFolder(both, ['a.safetensors'], done)).rejects.toThrow(
        'exclude each other',
      );
      expect(await inOutFolder(anew, ['a.safetensors'], done)).toBe('done');
      expect(readdirSync(path)).toEqual([]);
    }
    const path = folder();
    writeFileSync(join(path, 'a.safetensors'), 'kept');
    const resumed = { ...runOptions(path), resume: true };
    expect(await inOutFolder(resumed, ['a.safetensors'], done)).toBe('done');
    expect(readdirSync(path)).toEqual(['a.safetensors']);
    await expect(inOutFolder(resumed, ['b.safetensors'], done)).rejects.toThrow(
      `There is no checkpoint at ${join(path, 'b.safetensors')} to resume from`,
    );
  });

  it('is tried before anything is done, and freed whatever happens', async () => {
    const path = folder();
    writeFileSync(join(path, 'file'), '');
    for (const bad of ['', join(path, 'file'), join(path, 'file', 'x'), '/proc/nope/x']) {
      const never = async (): Promise<never> => {
        throw new Error('it was done');
      };
      await expect(inOutFolder(runOptions(bad), [], never)).rejects.toThrow('could not be written');
    }
    const failing = async (): Promise<never> => {
      await expect(inOutFolder(runOptions(path), [], done)).resolves.toBe('done');
      throw new Error('failed');
    };
    await expect(inOutFolder(runOptions(path), [], failing)).rejects.toThrow('failed');
    expect(readdirSync(path)).toEqual(['file']);
  });
});

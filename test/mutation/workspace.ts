/** A copy of the project in which faults can be made. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mutation } from './mutations.js';

export interface Workspace {
  /** Whether a check passes: a test file, several, or `tsc`. */
  readonly passes: (check: readonly string[]) => Promise<boolean>;
  /** Runs `body` with the fault made, and mends it. Nothing where `find` does not occur once. */
  readonly broken: <A>(mutation: Mutation, body: () => Promise<A>) => Promise<A | undefined>;
  readonly remove: () => Promise<void>;
}

/** Longer than any test file takes: a fault may make a loop endless. */
const PATIENCE = 300_000;

const sources = (root: string): readonly string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\0')
    .filter((path) => path !== '');

const copy = async (root: string, home: string, path: string): Promise<void> => {
  const to = join(home, path);
  await mkdir(dirname(to), { recursive: true });
  try {
    await copyFile(join(root, path), to);
  } catch (error) {
    // A tracked file that was deleted is still listed.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
};

const succeeds = (home: string, args: readonly string[]): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: home,
      stdio: 'ignore',
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code === 0));
  });

/** Copies the sources of the project at `root`; its dependencies are linked. */
export const workspace = async (root: string): Promise<Workspace> => {
  const home = await mkdtemp(join(tmpdir(), 'marginalia-mutation-'));
  for (const path of sources(root)) await copy(root, home, path);
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'), 'junction');
  return {
    passes: async (check) => {
      const files = check.filter((name) => name !== 'tsc');
      const compiles =
        files.length === check.length ||
        (await succeeds(home, ['node_modules/typescript/bin/tsc', '-b']));
      const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', ...files];
      return compiles && (files.length === 0 || (await succeeds(home, vitest)));
    },
    broken: async ({ file, find, replace }, body) => {
      const path = join(home, file);
      const text = await readFile(path, 'utf8').catch(() => '');
      const [before, after, ...more] = text.split(find);
      if (before === undefined || after === undefined || more.length > 0) return undefined;
      await writeFile(path, `${before}${replace}${after}`);
      try {
        return await body();
      } finally {
        await writeFile(path, text);
      }
    },
    remove: () => rm(home, { recursive: true }),
  };
};

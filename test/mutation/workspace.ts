/** A copy of the project in which faults can be made. */
import { execFileSync, spawn } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Mutation } from './mutations.js';

/** Whether checks passed, and what they printed. */
export interface Checked {
  readonly passed: boolean;
  readonly said: string;
}

export interface Workspace {
  /** Runs checks: test files, or those of their tests whose names match a pattern, or `tsc`. */
  readonly check: (checks: readonly string[], only?: string) => Promise<Checked>;
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

const run = (home: string, args: readonly string[]): Promise<Checked> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: home,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: PATIENCE,
      killSignal: 'SIGKILL',
    });
    const said: string[] = [];
    [child.stdout, child.stderr].forEach((out) =>
      out.setEncoding('utf8').on('data', (text: string) => void said.push(text)),
    );
    child.on('error', reject);
    child.on('close', (code) => resolve({ passed: code === 0, said: said.join('') }));
  });

/** Whether some test runs programs as they were built: by their files, or by the package's name. */
const someRunsBuilt = async (home: string, files: readonly string[]): Promise<boolean> => {
  const texts = await Promise.all(files.map((file) => readFile(join(home, file), 'utf8')));
  return texts.some((text) => text.includes('child_process'));
};

/** Copies the sources of the project at `root`; its dependencies are linked. */
export const workspace = async (root: string): Promise<Workspace> => {
  const home = await mkdtemp(join(tmpdir(), 'marginalia-mutation-'));
  for (const path of sources(root)) await copy(root, home, path);
  await symlink(join(root, 'node_modules'), join(home, 'node_modules'), 'junction');
  return {
    check: async (checks, only) => {
      const files = checks.filter((name) => name !== 'tsc');
      const compiled =
        files.length === checks.length
          ? { passed: true, said: '' }
          : await run(home, ['node_modules/typescript/bin/tsc', '-b']);
      if (!compiled.passed || files.length === 0) return compiled;
      // What tests run as programs is built from the fault; types that it breaks are no test's find.
      if (await someRunsBuilt(home, files)) {
        await run(home, ['node_modules/typescript/bin/tsc', '-b']);
      }
      // One failure is enough.
      const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', '--bail=1'];
      return run(home, [...vitest, ...(only === undefined ? [] : ['-t', only]), ...files]);
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

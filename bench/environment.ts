/** Where figures come from: the machine, the versions of all that took part, and the settings. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, freemem, loadavg, release, totalmem } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { mapNamed } from './contenders/arrays.js';
import { pythonThatRuns } from './contenders/python.js';

/** The installed packages whose versions matter. */
const PACKAGES = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@jax-js/jax',
  'koffi',
  'onnxruntime-node',
  'wasmati',
] as const;

const Versioned = t.type({ version: t.string });

const rootFile = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The version in a `package.json`; `null` where there is none. */
const versionIn = (path: string): string | null => {
  try {
    const found = Versioned.decode(JSON.parse(rootFile(path)));
    return E.isRight(found) ? found.right.version : null;
  } catch {
    return null;
  }
};

/** What a program says; `null` where it says nothing. */
const said = (program: string, ...args: readonly string[]): string | null => {
  try {
    return execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
};

const ABOUT_TORCH =
  'import sys, torch; print(sys.version.split()[0]); print(torch.__version__); print(torch.__config__.parallel_info())';

const torch = () => {
  const found = pythonThatRuns(ABOUT_TORCH);
  if (found === undefined) return null;
  const [version, ofTorch, ...parallel] = found.text.trim().split('\n');
  return {
    program: found.program,
    python: version,
    torch: ofTorch,
    parallel: parallel.filter((line) => line !== ''),
  };
};

/** Variables that change how many threads somebody uses, or who takes part. */
const VARIABLES = ['PYTHON', 'OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'NODE_OPTIONS'] as const;

/** How busy the machine was: processes that wanted to run, means of one, five and fifteen minutes. */
export const load = (): readonly number[] => loadavg();

/** The machine and the versions as they are now. */
export const environment = (settings: Readonly<Record<string, unknown>>) => ({
  date: new Date().toISOString(),
  machine: {
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeBytes: freemem(),
    platform: process.platform,
    arch: process.arch,
    system: release(),
  },
  versions: {
    marginalia: versionIn('package.json'),
    commit: said('git', '-C', new URL('../../', import.meta.url).pathname, 'rev-parse', 'HEAD'),
    node: process.version,
    v8: process.versions.v8,
    packages: mapNamed(Object.fromEntries(PACKAGES.map((name) => [name, name])), (name) =>
      versionIn(`node_modules/${name}/package.json`),
    ),
    python: torch(),
  },
  variables: Object.fromEntries(VARIABLES.map((name) => [name, process.env[name] ?? null])),
  settings,
});

export type Environment = ReturnType<typeof environment>;

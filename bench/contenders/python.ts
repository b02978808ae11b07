/** The Python that peers are run by, and the threads that PyTorch may use. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from './child.js';

/** What a Python printed. */
export interface Said {
  readonly program: string;
  readonly text: string;
}

/** The first Python that runs some code: that of the environment variable PYTHON, or a usual one. */
export const pythonThatRuns = (code: string): Said | undefined => {
  const { PYTHON } = process.env;
  for (const program of PYTHON === undefined ? ['python3', '/usr/bin/python3'] : [PYTHON]) {
    const { status, stdout } = spawnSync(program, ['-c', code], { encoding: 'utf8' });
    if (status === 0) return { program, text: stdout };
  }
  return undefined;
};

/** A Python that has PyTorch. */
export const pythonWithTorch = (): E.Either<string, string> => {
  const found = pythonThatRuns('import torch');
  return found === undefined
    ? E.left(
        'no python3 here can import torch; install python3-torch and libopenblas0-pthread, ' +
          'or name one that can with PYTHON',
      )
    : E.right(found.program);
};

/** A script of a peer's; it is run where it lies, since the compiler copies nothing beside what it compiles. */
const script = (path: string): string =>
  fileURLToPath(new URL(`../../../bench/peers/${path}`, import.meta.url));

/** Threads of PyTorch's own, and of OpenBLAS below it. */
export interface Threading {
  readonly torch: number;
  readonly blas: number;
}

/** One of the two uses all cores, or both do: no rule says which is best. */
export const threadings = (): readonly Threading[] => {
  const all = availableParallelism();
  if (all === 1) return [{ torch: 1, blas: 1 }];
  return [
    { torch: 1, blas: all },
    { torch: all, blas: 1 },
    { torch: all, blas: all },
  ];
};

/** A script of PyTorch's on so many threads, of which it is told by its first argument. */
export const torchCommand = (
  program: string,
  path: string,
  { torch, blas }: Threading,
  args: readonly string[] = [],
): Command => ({
  program,
  args: [script(`pytorch/${path}`), String(torch), ...args],
  env: { OPENBLAS_NUM_THREADS: String(blas), OMP_NUM_THREADS: String(torch) },
});

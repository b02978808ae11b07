/** Who takes part, and how each is started. */
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import * as E from 'fp-ts/lib/Either.js';
import type { Command } from './child.js';

/** Peers by the names that results have. */
export const peers = ['tfjs-wasm', 'tfjs-cpu', 'jax-js', 'pytorch', 'matmul', 'hand'] as const;

export type Peer = (typeof peers)[number];

/** `hand` measures the language against our own compiler, and is no peer of ours. */
export const published: readonly Peer[] = peers.filter((peer) => peer !== 'hand');

/** One way to run a peer; the fastest of a peer's settings stands for it. */
export interface Setting {
  readonly peer: Peer | 'marginalia';
  readonly command: Command;
}

const node = (name: Peer | 'marginalia'): Setting => ({
  peer: name,
  command: {
    program: process.execPath,
    args: [fileURLToPath(new URL('worker.js', import.meta.url)), name],
  },
});

export const own: Setting = node('marginalia');

// The script is run where it lies: the compiler copies nothing beside what it compiles.
const SCRIPT = fileURLToPath(new URL('../../bench/peers/pytorch/worker.py', import.meta.url));

/** A Python that can import torch: that of the environment variable PYTHON, or a usual one. */
const python = (): string | undefined => {
  const { PYTHON } = process.env;
  const candidates = PYTHON === undefined ? ['python3', '/usr/bin/python3'] : [PYTHON];
  return candidates.find(
    (program) => spawnSync(program, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
};

const pytorch = (): E.Either<string, readonly Setting[]> => {
  const program = python();
  if (program === undefined) {
    return E.left(
      'no python3 here can import torch; install python3-torch and libopenblas0-pthread, ' +
        'or name one that can with PYTHON',
    );
  }
  const threads = [...new Set([1, availableParallelism()])];
  return E.right(
    threads.map((n) => ({ peer: 'pytorch', command: { program, args: [SCRIPT, String(n)] } })),
  );
};

/** A peer with its settings; the left says why there is none here. */
export interface Entrant {
  readonly peer: Peer;
  readonly settings: E.Either<string, readonly Setting[]>;
}

/** Finds out who can take part. It takes a second, and the answer stays the same. */
export const entrants = (asked: readonly Peer[]): readonly Entrant[] =>
  asked.map((peer) => ({
    peer,
    settings: peer === 'pytorch' ? pytorch() : E.right([node(peer)]),
  }));

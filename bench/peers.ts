/** Who takes part in a case, and how each is started. */
import { fileURLToPath } from 'node:url';
import * as E from 'fp-ts/lib/Either.js';
import type { Case } from './case.js';
import { type Child, startChild } from './contenders/child.js';
import type { Problem } from './contenders/contender.js';
import { pythonWithTorch, threadings, torchCommand } from './contenders/python.js';
import { startProgram } from './contenders/whole-program.js';

/** Peers by the names that results have. */
export const peers = [
  'tfjs-wasm',
  'tfjs-cpu',
  'jax-js',
  'pytorch',
  'onnxruntime-node',
  'matmul',
  'one-thread',
  'all-threads',
  'hand',
] as const;

export type Peer = (typeof peers)[number];

/** `hand` measures the language against our own compiler, and is no peer of ours. */
export const published: readonly Peer[] = peers.filter((peer) => peer !== 'hand');

/** Who a case is measured against. */
export const peersOf = (of: Case): readonly Peer[] => {
  switch (of.kind) {
    case 'vae':
    case 'iwae':
    case 'logistic-regression':
      return ['tfjs-wasm', 'tfjs-cpu', 'jax-js', 'pytorch', 'matmul', 'hand'];
    // TensorFlow.js has no gradient of a convolution by its filters in WebAssembly, and a step takes
    // jax-js half a minute and plain JavaScript a whole one.
    case 'vae-conv':
      return ['pytorch', 'hand'];
    case 'eight-schools':
    case 'chain':
      return ['tfjs-wasm', 'tfjs-cpu', 'jax-js', 'pytorch', 'hand'];
    case 'fit':
      return ['pytorch'];
    case 'call':
      return ['tfjs-wasm', 'jax-js', 'pytorch', 'onnxruntime-node'];
    case 'first-posterior':
      return ['pytorch'];
    case 'alternating':
    case 'phases':
      return ['one-thread', 'all-threads'];
  }
};

/** One way to run a peer; the fastest of a peer's settings stands for it. */
export interface Setting {
  readonly peer: Peer | 'marginalia';
  readonly start: (problem: Problem) => Promise<E.Either<string, Child>>;
}

const built = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const node = (name: Peer | 'marginalia'): Setting => ({
  peer: name,
  start: (problem) =>
    problem.of.kind === 'first-posterior'
      ? startProgram(
          { program: process.execPath, args: [built('first-posterior/program.js')] },
          `Node ${process.version}`,
        )
      : startChild(
          { program: process.execPath, args: [built('contenders/worker.js'), name] },
          problem,
        ),
});

export const own: Setting = node('marginalia');

const pytorch = (program: string): readonly Setting[] =>
  threadings().map((threading) => ({
    peer: 'pytorch',
    start: (problem) =>
      problem.of.kind === 'first-posterior'
        ? startProgram(
            torchCommand(program, 'first_posterior.py', threading),
            `PyTorch, set_num_threads(${threading.torch}), OpenBLAS ${threading.blas}`,
          )
        : startChild(torchCommand(program, 'worker.py', threading), problem),
  }));

/** A peer with its settings; the left says why there is none here. */
export interface Entrant {
  readonly peer: Peer;
  readonly settings: E.Either<string, readonly Setting[]>;
}

const settingsOf = (peer: Peer): Entrant['settings'] =>
  peer === 'pytorch' ? E.map(pytorch)(pythonWithTorch()) : E.right([node(peer)]);

/** Finds out who can take part. It takes a second, and the answer stays the same. */
export const entrants = (asked: readonly Peer[]): readonly Entrant[] =>
  asked.map((peer) => ({ peer, settings: settingsOf(peer) }));

/** Which engine TensorFlow.js runs on: chosen by name, or the best that is installed. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { demand } from '../../dsl/refusals/options.js';
import { hasCode, reasonOf } from '../../dsl/refusals/thrown.js';

/** Fastest first: native with a GPU, native, WebAssembly, plain JavaScript. */
export const backends = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const;

export type BackendName = (typeof backends)[number];

/** Why a backend cannot be used. */
export type BackendError =
  | { readonly _tag: 'notInstalled'; readonly backend: BackendName; readonly command: string }
  | { readonly _tag: 'failed'; readonly backend: BackendName; readonly reason: string };

/**
 * One clear sentence for a backend error.
 *
 * @example
 * ```ts
 * const command = 'npm install @tensorflow/tfjs-node';
 * showBackendError({ _tag: 'notInstalled', backend: 'tfjs-node', command });
 * // "The backend 'tfjs-node' is not installed; install it with: npm install @tensorflow/tfjs-node"
 * ```
 */
export const showBackendError = (error: BackendError): string => {
  switch (error._tag) {
    case 'notInstalled':
      return `The backend '${error.backend}' is not installed; install it with: ${error.command}`;
    case 'failed':
      return `The backend '${error.backend}' could not be started: ${error.reason}`;
  }
};

const nativePackage = (name: BackendName): string => `@tensorflow/${name}`;

/** Whether it is the package itself that is missing, and not a part of it, whose path names it too. */
const isMissing = (error: unknown, specifier: string): boolean =>
  hasCode(error, 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND') &&
  error.message.includes(`'${specifier}'`);

const load = async (name: BackendName): Promise<string> => {
  switch (name) {
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      await import(nativePackage(name));
      return 'tensorflow';
    case 'wasm': {
      const { mendWasmKernels } = await import('./wasm-kernels.js');
      mendWasmKernels();
      return 'wasm';
    }
    case 'cpu':
      return 'cpu';
  }
};

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/**
 * Runs `body` and takes away the process-wide listeners that it left. The WebAssembly module adds
 * two that print itself, tens of kilobytes, before every uncaught error of the user's.
 */
const withoutNewListeners = async <A>(body: () => Promise<A>): Promise<A> => {
  const before = EVENTS.map((event) => new Set<unknown>(process.rawListeners(event)));
  try {
    return await body();
  } finally {
    EVENTS.forEach((event, i) => {
      for (const listener of process.rawListeners(event)) {
        if (before[i]?.has(listener) === true) continue;
        if (isListener(listener)) process.removeListener(event, listener);
      }
    });
  }
};

const isListener = (x: unknown): x is (...args: unknown[]) => void => typeof x === 'function';

const start = async (name: BackendName): Promise<E.Either<BackendError, BackendName>> => {
  try {
    const registered = await load(name);
    const set = await withoutNewListeners(async () => {
      const accepted = await tf.setBackend(registered);
      if (accepted) await tf.ready();
      if (accepted && name === 'wasm') {
        const { guardWasm } = await import('./wasm-kernels.js');
        guardWasm(tf.backend());
      }
      return accepted;
    });
    if (!set) return E.left({ _tag: 'failed', backend: name, reason: 'TensorFlow.js refused it' });
    return E.right(name);
  } catch (error) {
    const specifier = nativePackage(name);
    return E.left(
      isMissing(error, specifier)
        ? { _tag: 'notInstalled', backend: name, command: `npm install ${specifier}` }
        : {
            _tag: 'failed',
            backend: name,
            reason: reasonOf(error),
          },
    );
  }
};

const checkName = (name: string): void => {
  const known: readonly string[] = ['best', ...backends];
  demand(
    known.includes(name),
    'useBackend',
    `one of ${known.map((k) => `'${k}'`).join(', ')}`,
    `'${name}'`,
    "pass 'best' for the fastest that is installed",
  );
};

/**
 * Starts a backend: the one named, or with `best` the fastest that is installed. TensorFlow.js's
 * banner is silenced. Returns the name of the one that runs, or why it cannot: one that is not
 * installed is never replaced by another without a word.
 *
 * - It is a task: `await useBackend('best')()`. Without the last `()` nothing starts, and neither the
 *   compiler nor `await` complains, for a function may be awaited.
 * - Errors: another name throws a `RangeError` at once.
 *
 * @example
 * ```ts
 * const started = await useBackend('cpu')();
 * started; // { _tag: 'Right', right: 'cpu' }
 * ```
 */
export const useBackend = (name: BackendName | 'best'): TaskEither<BackendError, BackendName> => {
  checkName(name);
  return async () => {
    tf.enableProdMode();
    if (name !== 'best') return start(name);
    const failures: BackendError[] = [];
    for (const candidate of backends) {
      const started = await start(candidate);
      if (E.isRight(started)) return started;
      failures.push(started.left);
    }
    return E.left(
      failures[failures.length - 1] ?? { _tag: 'failed', backend: 'cpu', reason: 'none' },
    );
  };
};

/** Each way to run a function, as something that can be timed. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { boundTo, graphOf } from '../../src/compile/compile.js';
import { type Executable, showExecutableError } from '../../src/compile/executable.js';
import { javascriptExecutable } from '../../src/compile/javascript/executable.js';
import { onnxExecutable } from '../../src/compile/onnx/executable.js';
import type { Bound, ExecutableError } from '../../src/compile/executable.js';
import type { Subject } from './subjects.js';

/** A function that is ready to run again and again. */
export interface Runnable {
  readonly run: () => void | Promise<void>;
  readonly close: () => Promise<void>;
}

/** Makes a subject ready. */
export type Way = (subject: Subject) => Promise<Runnable>;

const compiled =
  (make: (bound: Bound) => Promise<E.Either<ExecutableError, Executable>>): Way =>
  async ({ f, example }) => {
    const graph = graphOf(f, example);
    if (E.isLeft(graph)) throw new Error(graph.left._tag);
    const bound = boundTo(graph.right);
    for (const [name, x] of Object.entries(example)) bound.inputs[name]?.set(x.dataSync());
    const made = await make(bound);
    if (E.isLeft(made)) throw new Error(showExecutableError(made.left));
    return made.right;
  };

export const generated = (style: 'straight' | 'loops'): Way =>
  compiled(async (bound) => {
    const made = javascriptExecutable(bound, { style });
    return E.isLeft(made) ? made : E.right({ ...made.right, run: () => void made.right.run() });
  });

export const onnx = (threads: number): Way =>
  compiled((bound) => onnxExecutable(bound, { threads }));

/** Operation by operation, on the backend in use. */
export const eager: Way = async ({ f, example }) => ({
  run: () => {
    const made = tf.tidy(() => ({ ...f({ ...example }) }));
    for (const x of Object.values(made)) x.dataSync();
    tf.dispose(made);
  },
  close: async () => undefined,
});

const repeat = async (run: Runnable['run'], times: number): Promise<number> => {
  const began = performance.now();
  for (let i = 0; i < times; i += 1) {
    const running = run();
    if (running instanceof Promise) await running;
  }
  return ((performance.now() - began) * 1e6) / times;
};

/** Milliseconds of warming up, of one measurement, and of all of them. */
const WARM = 150;
const TURN = 5;
const PATIENCE = 400;

/** The most measurements of a run. */
const TURNS = 10;

/** Nanoseconds of a run: the least of several measurements, which others disturb the least. */
export const timeOfRun = async ({ run }: Pick<Runnable, 'run'>): Promise<number> => {
  const until = performance.now() + WARM;
  let least = Infinity;
  let times = 1;
  while (performance.now() < until) {
    const ns = await repeat(run, times);
    times = Math.max(1, Math.min(10 * times, Math.round((TURN * 1e6) / ns)));
  }
  const end = performance.now() + PATIENCE;
  for (let turn = 0; turn < TURNS; turn += 1) {
    least = Math.min(least, await repeat(run, times));
    if (performance.now() > end) break;
  }
  return least;
};

export const timeOf = async (way: Way, subject: Subject): Promise<number> => {
  const runnable = await way(subject);
  const ns = await timeOfRun(runnable);
  await runnable.close();
  return ns;
};

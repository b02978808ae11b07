/** Steps as one compiled graph each, run by ONNX Runtime. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { arrayOf, leavesOf, signatureOf } from '../compile/container.js';
import {
  type Arrays,
  type Executable,
  onnxExecutable,
  showExecutableError,
} from '../compile/onnx/session.js';
import { TraceError } from '../compile/tracer.js';
import { draw, foldIn } from '../random/index.js';
import { type NoiseInput, traceStep } from './compiled-step.js';
import { namedState, partsOfState } from './named-state.js';
import { type Stepper, freeState } from './stepper.js';
import type { Svi, SviState } from './svi.js';

interface Compiled {
  readonly signature: string;
  readonly executable: Executable;
  readonly noises: readonly NoiseInput[];
}

const compileFor = async <B>(
  svi: Svi<B>,
  state: SviState,
  batch: B,
  threads: number | undefined,
): Promise<E.Either<string, Compiled>> => {
  try {
    const signature = signatureOf(batch);
    const { graph, noises } = traceStep(svi, state, batch);
    const executable = await onnxExecutable(graph, threads);
    return E.isLeft(executable)
      ? E.left(showExecutableError(executable.left))
      : E.right({ signature, executable: executable.right, noises });
  } catch (error) {
    if (error instanceof TraceError) return E.left(error.message);
    throw error;
  }
};

/** A graph takes a second to make and memory to keep: more forms than this are no pattern. */
const MOST_GRAPHS = 8;

/**
 * Compiles the step of an inference; the left says why it cannot be. A batch of another shape is
 * compiled when it first comes, and kept.
 */
export const compiledStepper = async <B>(
  svi: Svi<B>,
  first: SviState,
  example: B,
  threads?: number,
): Promise<E.Either<string, Stepper<B>>> => {
  const shapes = Object.entries(namedState(first)).map(([name, x]) => [name, x.shape] as const);
  const compiled = new Map<string, Compiled>();
  const start = await compileFor(svi, first, example, threads);
  if (E.isLeft(start)) return start;
  compiled.set(start.right.signature, start.right);
  let step = first.step;
  let current: Arrays = Object.fromEntries(
    Object.entries(namedState(first)).map(([name, x]) => [name, arrayOf(x)]),
  );
  let previous = current;

  const state = (): SviState => {
    const tensors = shapes.map(([name, shape]): readonly [string, tf.Tensor] => [
      name,
      tf.tensor(current[name]?.slice() ?? [], shape, 'float32'),
    ]);
    return { ...first, step, ...partsOfState(Object.fromEntries(tensors)) };
  };

  const compiledFor = async (batch: B): Promise<E.Either<string, Compiled>> => {
    const known = compiled.get(signatureOf(batch));
    if (known !== undefined) return E.right(known);
    if (compiled.size === MOST_GRAPHS) {
      return E.left(
        `batches came in more than ${MOST_GRAPHS} forms; keep their shapes, and put numbers that change in tensors`,
      );
    }
    const at = state();
    const made = await compileFor(svi, at, batch, threads);
    freeState(at);
    if (E.isRight(made)) compiled.set(made.right.signature, made.right);
    return made;
  };

  return E.right({
    advance: async (batch) => {
      const ready = await compiledFor(batch);
      if (E.isLeft(ready)) return ready;
      const { executable, noises } = ready.right;
      const key = foldIn(first.key, step);
      const { loss, ...next } = await executable.run({
        ...current,
        ...Object.fromEntries(leavesOf(batch).map(([name, x]) => [name, arrayOf(x)])),
        ...Object.fromEntries(
          noises.map((n) => [
            n.input,
            draw(foldIn(foldIn(key, n.site), n.block), n.noise, n.batch),
          ]),
        ),
      });
      previous = current;
      current = next;
      step += 1;
      return E.right(loss?.[0] ?? Number.NaN);
    },
    undo: () => {
      if (previous === current) return;
      current = previous;
      step -= 1;
    },
    at: () => step,
    state,
    close: async () => {
      for (const { executable } of compiled.values()) await executable.close();
    },
  });
};

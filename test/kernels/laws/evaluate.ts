/** Graphs run on numbers: in double precision, by each executor, and by the kernels of TensorFlow.js's backends. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { boundTo, executableBy } from '../../../src/compile/compile.js';
import type { Bound, Executable, ExecutableError } from '../../../src/compile/executable.js';
import type { Graph } from '../../../src/graph/graph.js';
import { interpretedExecutable } from '../../compile/interpreter/interpreted-executable.js';
import { doubleProgram } from '../../../src/compile/javascript/double-program.js';
import {
  type SynchronousExecutable,
  javascriptExecutable,
} from '../../../src/compile/javascript/executable.js';
import { hostKernels } from '../../../src/kernels/index.js';
import { right } from '../../either.js';

/** Numbers by name. */
export type Numbers = Readonly<Record<string, readonly number[]>>;

/** What a graph gives for what is put in. */
export type Evaluate = (inputs: Numbers) => Numbers;

const copied = (arrays: Readonly<Record<string, ArrayLike<number>>>): Numbers =>
  Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, Array.from(a)]));

const put = (arrays: Readonly<Record<string, object>>, inputs: Numbers): void => {
  for (const [name, values] of Object.entries(inputs)) {
    const array = arrays[name];
    if (array !== undefined) Object.assign(array, values);
  }
};

/** In double precision; nothing where generated code lacks a kernel. Loops are written faster, and run slower. */
export const inDouble = (graph: Graph, style?: 'loops'): Evaluate | undefined => {
  const made = doubleProgram(graph, style);
  if (E.isLeft(made)) return undefined;
  const { inputs, outputs, run } = made.right;
  return (given) => {
    put(inputs, given);
    run();
    return copied(outputs);
  };
};

/** Whether a backend has every kernel of a graph. */
export const hasKernels = (backend: string, graph: Graph): boolean =>
  graph.nodes.every(
    ({ kernel }) => hostKernels.has(kernel) || tf.getKernel(kernel, backend) !== undefined,
  );

/** By the kernels of a backend of TensorFlow.js, one after another. */
export const byBackend =
  (backend: string, graph: Graph): Evaluate =>
  (inputs) => {
    const before = tf.getBackend();
    void tf.setBackend(backend);
    try {
      const bound = boundTo(graph);
      const { run, close } = interpretedExecutable(bound);
      put(bound.inputs, inputs);
      run();
      void close();
      return copied(bound.outputs);
    } finally {
      void tf.setBackend(before);
    }
  };

const executors = {
  straight: async (bound: Bound) => javascriptExecutable(bound, { style: 'straight' }),
  loops: async (bound: Bound) => javascriptExecutable(bound, { style: 'loops' }),
  onnxruntime: (bound: Bound) => executableBy({ _tag: 'onnxruntime', threads: 1 }, bound, {}),
  segments: (bound: Bound) => executableBy({ _tag: 'segments', threads: 1 }, bound, {}),
} as const;

/** What a graph is compiled to. */
export const executorNames = ['straight', 'loops', 'onnxruntime', 'segments'] as const;

/** By an executor; nothing where what it would write is too long. */
export const byExecutor = async (
  name: (typeof executorNames)[number],
  graph: Graph,
  inputs: Numbers,
): Promise<Numbers | undefined> => {
  const bound = boundTo(graph);
  const made = await executors[name](bound);
  if (E.isLeft(made) && made.left._tag === 'tooLarge') return undefined;
  const { run, close } = right<ExecutableError, Executable | SynchronousExecutable>(made);
  put(bound.inputs, inputs);
  // Twice: what a run leaves in memory must be nothing to the next.
  await run();
  await run();
  await close();
  return copied(bound.outputs);
};

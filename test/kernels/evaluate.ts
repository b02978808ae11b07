/** Graphs run on numbers: in double precision, by each executor, and by the kernels of TensorFlow.js's backends. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../src/index.js';
import { boundTo } from '../../src/compile/compile.js';
import type { Bound, Executable, ExecutableError } from '../../src/compile/executable.js';
import { type Graph, type ValueId, valueAt } from '../../src/compile/graph.js';
import { doubleProgram } from '../../src/compile/javascript/double-program.js';
import {
  type SynchronousExecutable,
  javascriptExecutable,
} from '../../src/compile/javascript/executable.js';
import { onnxExecutable } from '../../src/compile/onnx/executable.js';
import { optimise } from '../../src/compile/optimise.js';
import { segmentsExecutable } from '../../src/compile/segments/executable.js';
import { segmentPlan } from '../../src/compile/segments/plan.js';
import { kernelAttributes, namedOrListed } from '../../src/kernels/call.js';
import { right } from '../either.js';

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

/** In double precision; nothing where generated code lacks a kernel. */
export const inDouble = (graph: Graph): Evaluate | undefined => {
  const made = doubleProgram(graph);
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
  graph.nodes.every(({ kernel }) => tf.getKernel(kernel, backend) !== undefined);

const tensorFor = (graph: Graph, id: ValueId, values: ArrayLike<number>): Tensor => {
  const { shape, dtype } = valueAt(graph, id);
  return tf.tensor(Array.from(values), [...shape], dtype);
};

/** By the kernels of a backend of TensorFlow.js, one after another. */
export const byBackend =
  (backend: string, graph: Graph): Evaluate =>
  (inputs) => {
    const before = tf.getBackend();
    void tf.setBackend(backend);
    tf.engine().startScope();
    try {
      const tensors = new Map<ValueId, Tensor>();
      const size = (id: ValueId): number => valueAt(graph, id).shape.reduce((a, b) => a * b, 1);
      for (const [id, constant] of graph.constants) {
        const values =
          constant.tag === 'dense'
            ? constant.values
            : Array.from({ length: size(id) }, () => constant.value);
        tensors.set(id, tensorFor(graph, id, values));
      }
      for (const { name, id } of graph.inputs) {
        tensors.set(id, tensorFor(graph, id, inputs[name] ?? []));
      }
      for (const node of graph.nodes) {
        const named = namedOrListed(node.inputs, (id) => {
          const x = tensors.get(typeof id === 'number' ? id : -1);
          if (x === undefined) throw new Error(`${node.kernel} takes what nothing has made`);
          return x;
        });
        const made: Tensor | Tensor[] = tf
          .engine()
          .runKernel(node.kernel, named, kernelAttributes(node.attributes));
        (Array.isArray(made) ? made : [made]).forEach((x, i) =>
          tensors.set(node.outputs[i] ?? -1, x),
        );
      }
      return Object.fromEntries(
        graph.outputs.map(({ name, id }) => [name, Array.from(tensors.get(id)?.dataSync() ?? [])]),
      );
    } finally {
      tf.engine().endScope();
      void tf.setBackend(before);
    }
  };

const executors = {
  straight: async (bound: Bound) => javascriptExecutable(bound, { style: 'straight' }),
  loops: async (bound: Bound) => javascriptExecutable(bound, { style: 'loops' }),
  onnxruntime: (bound: Bound) => onnxExecutable(bound, { threads: 1 }),
  segments: (bound: Bound) => segmentsExecutable(segmentPlan(bound.graph), bound, { threads: 1 }),
} as const;

/** What runs an optimised graph. */
export const executorNames = ['straight', 'loops', 'onnxruntime', 'segments'] as const;

/** By an executor, on the optimised graph, as it is used; nothing where that would be too long. */
export const byExecutor = async (
  name: (typeof executorNames)[number],
  graph: Graph,
  inputs: Numbers,
): Promise<Numbers | undefined> => {
  const bound = boundTo(optimise(graph));
  const made = await executors[name](bound);
  if (E.isLeft(made) && made.left.tag === 'tooLarge') return undefined;
  const { run, close } = right<ExecutableError, Executable | SynchronousExecutable>(made);
  put(bound.inputs, inputs);
  // Twice: what a run leaves in memory must be nothing to the next.
  await run();
  await run();
  await close();
  return copied(bound.outputs);
};

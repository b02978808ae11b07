/** Any pure tensor function as one graph. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Tensor } from '../../dsl/index.js';
import { arrayOf, specOf } from './container.js';
import type { Graph } from './graph.js';
import { type ExecutableError, onnxExecutable } from './onnx/session.js';
import { simplify } from './simplify.js';
import { TraceError, type Tensors, trace } from './tracer.js';

/** Why a function cannot be compiled. */
export type CompileError =
  ExecutableError | { readonly tag: 'notTraceable'; readonly reason: string };

/** A function that runs as one graph. */
export interface CompiledFunction {
  /** Runs it on inputs of the example's shapes; the outputs are the caller's. */
  readonly run: (inputs: Tensors) => Promise<Tensors>;
  readonly graph: Graph;
  readonly close: () => Promise<void>;
}

export interface CompileOptions {
  /** Cores to use; all of them where it is left out. */
  readonly threads?: number;
}

/**
 * The graph of a function at the shapes of an example, simplified. Nothing is run.
 *
 * @example
 * ```ts
 * const graph = graphOf(({ x = tf.scalar(0) }) => ({ y: tf.exp(x) }), { x: tf.ones([2]) });
 * E.isRight(graph) && graph.right.outputs.map((o) => o.name); // ['y']
 * ```
 */
export const graphOf = (
  f: (inputs: Tensors) => Tensors,
  example: Tensors,
): E.Either<CompileError, Graph> => {
  try {
    const specs = Object.fromEntries(Object.entries(example).map(([n, x]) => [n, specOf(x)]));
    return E.right(simplify(trace(specs, f)));
  } catch (error) {
    if (error instanceof TraceError) return E.left({ tag: 'notTraceable', reason: error.message });
    throw error;
  }
};

/**
 * Compiles a pure function of named tensors: it is traced once at the shapes of `example`, and runs
 * as one graph in ONNX Runtime. Gradients taken inside it are part of the graph.
 *
 * - What `f` uses beside its inputs becomes constant.
 * - Errors: a left where the runtime is not installed, an operation has no translation, or `f`
 *   reads a value.
 *
 * @example
 * ```ts
 * const made = await compile(({ x = tf.scalar(0) }) => ({ y: tf.square(x) }), { x: tf.scalar(1) })();
 * if (E.isLeft(made)) throw new Error(made.left.tag);
 * const { y } = await made.right.run({ x: tf.scalar(3) });
 * y?.dataSync()[0]; // 9
 * ```
 */
export const compile =
  (
    f: (inputs: Tensors) => Tensors,
    example: Tensors,
    { threads }: CompileOptions = {},
  ): TaskEither<CompileError, CompiledFunction> =>
  async () => {
    const graph = graphOf(f, example);
    if (E.isLeft(graph)) return graph;
    const executable = await onnxExecutable(graph.right, threads);
    if (E.isLeft(executable)) return executable;
    const { outputs, values } = graph.right;
    return E.right({
      graph: graph.right,
      close: executable.right.close,
      run: async (inputs) => {
        const arrays = Object.fromEntries(
          Object.entries(inputs).map(([name, x]) => [name, arrayOf(x)]),
        );
        const results = await executable.right.run(arrays);
        return Object.fromEntries(
          outputs.map(({ name, id }): readonly [string, Tensor] => {
            const { shape, dtype } = values[id] ?? { shape: [], dtype: 'float32' };
            return [name, tf.tensor(results[name] ?? [], [...shape], dtype)];
          }),
        );
      },
    });
  };

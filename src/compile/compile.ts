/** Any pure tensor function as one graph. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Tensor } from '../../dsl/index.js';
import { entryOf } from '../../dsl/dictionary.js';
import { type Rules, checkOptions, listOf, oneOf, whole } from '../../dsl/options.js';
import { type Slot, arenaOf, slotOf } from './arena.js';
import { specOf } from './container.js';
import type { Bound, Executable, ExecutableError } from './executable.js';
import { fastest, timeOf } from './fastest.js';
import { frozen, sameGraphs } from './frozen.js';
import { type Graph, type Port, valueAt } from './graph.js';
import { inTurn } from './in-turn.js';
import { javascriptExecutable, workOf } from './javascript/executable.js';
import { type OnnxOptions, onnxExecutable } from './onnx/session.js';
import { optimise } from './optimise.js';
import { type Tensors, refusalOf, trace } from './tracer.js';

/** Why a function cannot be compiled. */
export type CompileError =
  ExecutableError | { readonly tag: 'notTraceable'; readonly reason: string };

/** A function that runs as one graph. */
export interface CompiledFunction {
  /** Runs it on inputs of the example's shapes; the outputs are the caller's. */
  readonly run: (inputs: Tensors) => Promise<Tensors>;
  readonly graph: Graph;
  /** What runs it. */
  readonly by: string;
  readonly close: () => Promise<void>;
}

/** What runs a graph: `auto`, the default, times what can and keeps the fastest. */
export type Executor = 'auto' | 'onnxruntime' | 'javascript';

export interface CompileOptions extends OnnxOptions {
  readonly executor?: Executor;
}

/** The rules of these options. */
export const compileRules: Rules<CompileOptions> = {
  executor: oneOf('auto', 'onnxruntime', 'javascript'),
  threads: whole(1, 1024),
  executionProviders: listOf('names of execution providers', ['cpu']),
};

/** More scalar operations than this are not worth trying in JavaScript. */
export const MOST_WORK = 2e7;

/**
 * Milliseconds that ONNX Runtime needs for a graph at the very least, whatever its nodes do: half of
 * what a call, a node and an array that goes in or out were measured to take. Where generated code is
 * faster than that, the runtime is not tried; to load a graph of thousands of nodes takes it seconds.
 */
export const leastOfOnnx = ({ nodes, inputs, outputs }: Graph): number =>
  0.005 + 0.000_12 * nodes.length + 0.001_7 * (inputs.length + outputs.length);

/** What `f` makes, or why a function cannot be compiled. */
const traceable = <A>(f: () => A): E.Either<CompileError, A> => {
  try {
    return E.right(f());
  } catch (error) {
    return E.left({ tag: 'notTraceable', reason: refusalOf(error) });
  }
};

/**
 * The graph of a function at the shapes of an example, simplified. Nothing is run.
 *
 * @example
 * ```ts
 * const graph = graphOf(({ x = tf.scalar(0) }) => ({ y: tf.exp(x) }), { x: tf.ones([2]) });
 * E.isRight(graph) && showGraph(graph.right).split('\n')[1]; // '%1: float32[2] = Exp(%0: float32[2])'
 * ```
 */
export const graphOf = (
  f: (inputs: Tensors) => Tensors,
  example: Tensors,
): E.Either<CompileError, Graph> => {
  return traceable(() => {
    const specs = Object.fromEntries(Object.entries(example).map(([n, x]) => [n, specOf(x)]));
    const traced = trace(specs, f);
    if (!sameGraphs(traced, trace(specs, f))) throw frozen('outside, and give them as an input');
    return optimise(traced);
  });
};

/** Prepares a graph for running by the fastest executor that can. */
export const executableOf = async (
  bound: Bound,
  { executor = 'auto', ...options }: CompileOptions,
): Promise<E.Either<ExecutableError, Executable>> => {
  const script =
    executor === 'onnxruntime' || (executor === 'auto' && workOf(bound.graph) > MOST_WORK)
      ? undefined
      : javascriptExecutable(bound);
  const generated: Executable | undefined =
    script !== undefined && E.isRight(script)
      ? { ...script.right, run: () => void script.right.run() }
      : undefined;
  if (generated !== undefined) {
    const only =
      executor === 'javascript' || (await timeOf(generated.run)) < leastOfOnnx(bound.graph);
    if (only) return E.right(generated);
  } else if (executor === 'javascript' && script !== undefined && E.isLeft(script)) return script;
  const native = await onnxExecutable(bound, options);
  if (E.isLeft(native)) return generated === undefined ? native : E.right(generated);
  if (generated === undefined) return native;
  const { chosen } = await fastest([generated, native.right]);
  return E.right(chosen);
};

/** A region for each port; inputs and outputs may have the same names. */
const regionOf =
  (graph: Graph, side: string) =>
  (port: Port): readonly Slot[] => [slotOf(graph, { ...port, name: `${side}/${port.name}` })];

/** Arrays for a graph's inputs and outputs, in one memory and none shared. */
export const boundTo = (graph: Graph): Bound => {
  const { arrays } = arenaOf([
    ...graph.inputs.map(regionOf(graph, 'input')),
    ...graph.outputs.map(regionOf(graph, 'output')),
  ]);
  const of = (ports: readonly Port[], side: string): Bound['inputs'] =>
    Object.fromEntries(
      ports.map(({ name }) => [name, arrays[`${side}/${name}`] ?? new Float32Array()]),
    );
  return { graph, inputs: of(graph.inputs, 'input'), outputs: of(graph.outputs, 'output') };
};

/** What a graph has left in its output arrays, as tensors of the caller's. */
export const outputTensors = ({ graph, outputs }: Bound): Tensors =>
  Object.fromEntries(
    graph.outputs.map(({ name, id }): readonly [string, Tensor] => {
      const { shape, dtype } = valueAt(graph, id);
      return [name, tf.tensor(entryOf(outputs, name)?.slice() ?? [], [...shape], dtype)];
    }),
  );

/**
 * Compiles a pure function of named tensors: it is traced at the shapes of `example`, and runs as one
 * graph. Gradients taken inside it are part of the graph.
 *
 * - Small graphs run as generated JavaScript, large ones in ONNX Runtime; `auto` times both.
 * - What `f` uses beside its inputs becomes constant.
 * - Errors: a left where an operation has no translation, `f` reads a value or draws random numbers, or
 *   nothing that is installed can run it.
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
    options: CompileOptions = {},
  ): TaskEither<CompileError, CompiledFunction> =>
  async () => {
    checkOptions('compile', options, compileRules);
    const made = E.chain((graph: Graph) => traceable(() => boundTo(graph)))(graphOf(f, example));
    if (E.isLeft(made)) return made;
    const bound = made.right;
    for (const [name, x] of Object.entries(example)) entryOf(bound.inputs, name)?.set(x.dataSync());
    const executable = await executableOf(bound, options);
    if (E.isLeft(executable)) return executable;
    const { by, run, close } = executable.right;
    const once = async (inputs: Tensors): Promise<Tensors> => {
      for (const { name } of bound.graph.inputs) {
        const x = entryOf(inputs, name);
        if (x === undefined) throw new Error(`expected the input '${name}', but got none.`);
        entryOf(bound.inputs, name)?.set(x.dataSync());
      }
      await run();
      return outputTensors(bound);
    };
    return E.right({ graph: bound.graph, by, close, run: inTurn(once).call });
  };

/** Any pure tensor function as one graph. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import type { Tensor } from '../../dsl/index.js';
import { entryOf, mapped } from '../../dsl/records/dictionary.js';
import { breather } from './breathe.js';
import {
  type Rules,
  callable,
  checkOptions,
  listOf,
  oneOf,
  whole,
} from '../../dsl/refusals/options.js';
import { type Slot, arenaOf, slotOf } from './arena.js';
import { firstThatCan, weighGraph } from './choice/choose.js';
import { type Channel, tellMissing } from './choice/missing.js';
import type { CompiledWay, Executor, Given } from './choice/ways.js';
import { specOf } from './container.js';
import type { Bound, Executable, ExecutableError } from './executable.js';
import { frozen, sameGraphs } from './recording/frozen.js';
import { type Graph, type Port, valueAt } from '../graph/graph.js';
import { inTurn } from './in-turn.js';
import { javascriptExecutable } from './javascript/executable.js';
import { callsHost } from './host-code.js';
import { cores } from './onnx/cores.js';
import { type OnnxOptions, onnxExecutable } from './onnx/executable.js';
import { optimise } from './passes/optimise.js';
import { segmentsExecutable } from './segments/executable.js';
import { segmentPlan } from './segments/plan.js';
import { type Tensors, recordGraph, refusalOf } from './recording/recorder.js';

/** Why a function cannot be compiled. */
export type CompileError =
  ExecutableError | { readonly _tag: 'notRecordable'; readonly reason: string };

export type { Executor };

/** A function that runs as one graph. */
export interface CompiledFunction {
  /** Runs it on inputs of the example's shapes; the outputs are the caller's. */
  readonly run: (inputs: Tensors) => Promise<Tensors>;
  readonly graph: Graph;
  /** What runs it. */
  readonly by: string;
  readonly close: () => Promise<void>;
}

export interface CompileOptions extends OnnxOptions, Channel {
  /** What runs a graph; `auto`, the default, is what the cost model finds cheapest. */
  readonly executor?: Executor;
}

/** The rules of these options. */
export const compileRules: Rules<CompileOptions> = {
  executor: oneOf('auto', 'onnxruntime', 'javascript'),
  threads: whole(1, 1024),
  executionProviders: listOf('names of execution providers', ['cpu']),
  onWarning: callable('(warning) => console.warn(warning)'),
};

/** What `f` makes, or why a function cannot be compiled. */
const recordable = <A>(f: () => A): E.Either<CompileError, A> => {
  try {
    return E.right(f());
  } catch (error) {
    return E.left({ _tag: 'notRecordable', reason: refusalOf(error) });
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
  return recordable(() => {
    const specs = mapped(example, (x) => specOf(x));
    const traced = recordGraph(specs, f);
    if (!sameGraphs(traced, recordGraph(specs, f)))
      throw frozen('outside, and give them as an input');
    return optimise(traced);
  });
};

/** What a choice depends on beside the graph, of what was asked for and what there is. */
export const givenBy = (
  { executor = 'auto', threads, executionProviders = ['cpu'] }: CompileOptions,
  backend?: string,
): Given => ({
  // Of what else a runtime may have, nothing was measured: whoever asks for it knows.
  executor:
    executor === 'auto' && executionProviders.some((p) => p !== 'cpu') ? 'onnxruntime' : executor,
  cores: cores(),
  ...(threads !== undefined && { threads }),
  ...(backend !== undefined && { backend }),
});

/** Prepares a graph for running in one way. */
export const executableBy = async (
  way: CompiledWay,
  bound: Bound,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, Executable>> => {
  if (way._tag === 'onnxruntime' || way._tag === 'segments') {
    const given = { ...options, threads: way.threads };
    const fuses = way._tag === 'segments';
    return fuses || callsHost(bound.graph)
      ? segmentsExecutable(segmentPlan(bound.graph, fuses), bound, given)
      : onnxExecutable(bound, given);
  }
  const made = javascriptExecutable(bound, { style: way._tag });
  return E.isLeft(made) ? made : E.right({ ...made.right, run: () => void made.right.run() });
};

/** Prepares a graph for running by what the cost model finds cheapest of what can. */
export const executableOf = async (
  bound: Bound,
  options: CompileOptions = {},
): Promise<E.Either<ExecutableError, Executable>> => {
  const compiled = weighGraph(bound.graph, bound.graph, givenBy(options)).flatMap(({ way }) =>
    way._tag === 'eager' ? [] : [way],
  );
  const chosen = await firstThatCan(compiled, (way) => executableBy(way, bound, options));
  if (E.isLeft(chosen)) return chosen;
  tellMissing(chosen.right.refused, options);
  return E.right(chosen.right.made);
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
 * - Small graphs run as generated JavaScript, large ones in ONNX Runtime: a cost model decides.
 * - What `f` uses beside its inputs becomes constant.
 * - Errors: a left where an operation has no translation, `f` reads a value or draws random numbers, or
 *   nothing that is installed can run it.
 *
 * @example
 * ```ts
 * const made = await compile(({ x = tf.scalar(0) }) => ({ y: tf.square(x) }), { x: tf.scalar(1) })();
 * if (E.isLeft(made)) throw new Error(made.left._tag);
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
    const made = E.chain((graph: Graph) => recordable(() => boundTo(graph)))(graphOf(f, example));
    if (E.isLeft(made)) return made;
    const bound = made.right;
    for (const [name, x] of Object.entries(example)) entryOf(bound.inputs, name)?.set(x.dataSync());
    const executable = await executableOf(bound, options);
    if (E.isLeft(executable)) return executable;
    const { by, run, close } = executable.right;
    const rest = breather();
    const once = async (inputs: Tensors): Promise<Tensors> => {
      for (const { name } of bound.graph.inputs) {
        const x = entryOf(inputs, name);
        if (x === undefined) throw new Error(`expected the input '${name}', but got none.`);
        entryOf(bound.inputs, name)?.set(x.dataSync());
      }
      await run();
      await rest();
      return outputTensors(bound);
    };
    return E.right({ graph: bound.graph, by, close, run: inTurn(once).call });
  };

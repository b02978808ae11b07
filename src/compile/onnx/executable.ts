/** Runs a graph in ONNX Runtime, which is loaded only where it is installed. */
import * as E from 'fp-ts/lib/Either.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import type { Bound, Executable, ExecutableError } from '../executable.js';
import { outgrown } from '../footprint.js';
import { type Graph, valueAt } from '../../graph/graph.js';
import { cores } from './cores.js';
import { installedRuntime } from './installed.js';
import type { BoundPort, Runtime } from './runtime.js';
import { onnxBytes } from './write.js';

/** How ONNX Runtime runs a graph. */
export interface OnnxOptions {
  /**
   * Threads to use; as many as pay by the cost model where it is left out. As many as there are cores
   * are shared by all sessions of a process; another number greater than one is made anew for each.
   */
  readonly threads?: number;
  /**
   * Where it runs, in order of preference: `cpu`, the default, or what the installed runtime has
   * beside it, such as `cuda`, `coreml` or `dml`.
   */
  readonly executionProviders?: readonly string[];
}

/** Its install script only looks for CUDA, and fails where there is no network. */
const INSTALL = 'npm install --ignore-scripts onnxruntime-node@1.30.0';

/** Names for the ports of a graph inside the runtime, which cannot take every name: `__proto__` is lost. */
const inputAt = (position: number): string => `input${position}`;
const outputAt = (position: number): string => `output${position}`;

const boundPorts = (
  graph: Graph,
  ports: Graph['inputs'],
  arrays: Bound['inputs'],
  nameAt: (position: number) => string,
): readonly BoundPort[] =>
  ports.map(({ name, id }, position) => {
    const values = entryOf(arrays, name);
    if (values === undefined) {
      throw new Error(`onnx: expected an array for '${name}', but got none.`);
    }
    return { ...valueAt(graph, id), name: nameAt(position), values };
  });

/** Prepares a graph for running. No output may share memory with an input. */
export const onnxExecutable = async (
  { graph, inputs, outputs }: Bound,
  { threads, executionProviders = ['cpu'] }: OnnxOptions = {},
  load: () => Promise<Runtime | undefined> = installedRuntime,
): Promise<E.Either<ExecutableError, Executable>> => {
  const reason = outgrown(graph);
  if (reason !== undefined) return E.left({ _tag: 'tooLarge', reason });
  const bytes = onnxBytes({
    ...graph,
    inputs: graph.inputs.map(({ id }, position) => ({ id, name: inputAt(position) })),
    outputs: graph.outputs.map(({ id }, position) => ({ id, name: outputAt(position) })),
  });
  if (E.isLeft(bytes)) return bytes;
  const runtime = await load();
  if (runtime === undefined) return E.left({ _tag: 'runtimeMissing', command: INSTALL });
  const count = threads ?? cores();
  try {
    const { run, close } = await runtime.open(
      {
        bytes: bytes.right,
        inputs: boundPorts(graph, graph.inputs, inputs, inputAt),
        outputs: boundPorts(graph, graph.outputs, outputs, outputAt),
      },
      { threads: count, executionProviders },
    );
    const where = `${executionProviders.join(', ')}; ${count} ${count === 1 ? 'thread' : 'threads'}`;
    return E.right({ by: `${runtime.by} (${where})`, run, close });
  } catch (error) {
    return E.left({ _tag: 'runtimeRefused', reason: reasonOf(error) });
  }
};

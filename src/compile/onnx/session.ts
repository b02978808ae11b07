/** Runs a graph in ONNX Runtime, which is loaded only where it is installed. */
import { availableParallelism } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import { entryOf } from '../../../dsl/dictionary.js';
import { reasonOf } from '../../thrown.js';
import type { Values } from '../arena.js';
import type { Bound, Executable, ExecutableError } from '../executable.js';
import type { Graph } from '../graph.js';
import { onnxBytes } from './write.js';

/** How ONNX Runtime runs a graph. */
export interface OnnxOptions {
  /** Cores to use; all of them where it is left out. */
  readonly threads?: number;
  /**
   * Where it runs, in order of preference: `cpu`, the default, or what the installed runtime has
   * beside it, such as `cuda` or `webgpu`.
   */
  readonly executionProviders?: readonly string[];
}

/** Its install script only looks for CUDA, and fails where there is no network. */
const INSTALL = 'npm install --ignore-scripts onnxruntime-node@1.30.0';

type Runtime = typeof import('onnxruntime-node');
type OrtTensor = InstanceType<Runtime['Tensor']>;

const load = async (): Promise<Runtime | undefined> => {
  try {
    return await import('onnxruntime-node');
  } catch {
    return undefined;
  }
};

const isValues = (data: unknown): data is Values =>
  data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array;

const arrayOf = (arrays: Bound['inputs'], name: string): Values => {
  const found = entryOf(arrays, name);
  if (found === undefined) throw new Error(`onnx: expected an array for '${name}', but got none.`);
  return found;
};

/** Names for the ports of a graph inside the runtime, which cannot take every name: `__proto__` is lost. */
const inputAt = (position: number): string => `input${position}`;
const outputAt = (position: number): string => `output${position}`;

/** The runtime's tensors over the arrays of the graph's ports. */
const tensorsOf = (
  ort: Runtime,
  graph: Graph,
  ports: Graph['inputs'],
  arrays: Bound['inputs'],
  nameAt: (position: number) => string,
): Record<string, OrtTensor> =>
  Object.fromEntries(
    ports.map(({ name, id }, position) => {
      const { shape, dtype } = graph.values[id] ?? { shape: [], dtype: 'float32' as const };
      return [nameAt(position), new ort.Tensor(dtype, arrayOf(arrays, name), [...shape])];
    }),
  );

/** A number that no run gives by accident: what is not overwritten by it was never written. */
const UNWRITTEN = 123;

/** Prepares a graph for running. No output may share memory with an input. */
export const onnxExecutable = async (
  { graph, inputs, outputs }: Bound,
  { threads, executionProviders = ['cpu'] }: OnnxOptions = {},
): Promise<E.Either<ExecutableError, Executable>> => {
  const bytes = onnxBytes({
    ...graph,
    inputs: graph.inputs.map(({ id }, position) => ({ id, name: inputAt(position) })),
    outputs: graph.outputs.map(({ id }, position) => ({ id, name: outputAt(position) })),
  });
  if (E.isLeft(bytes)) return bytes;
  const ort = await load();
  if (ort === undefined) return E.left({ tag: 'runtimeMissing', command: INSTALL });
  const cores = threads ?? availableParallelism();
  try {
    const session = await ort.InferenceSession.create(bytes.right, {
      executionProviders: [...executionProviders],
      logSeverityLevel: 3,
      // The runtime's own default counts physical cores, and leaves half of a small machine idle.
      intraOpNumThreads: cores,
    });
    const feeds = tensorsOf(ort, graph, graph.inputs, inputs, inputAt);
    const fetches = tensorsOf(ort, graph, graph.outputs, outputs, outputAt);
    const targets = graph.outputs.map(
      ({ name }, position) => [outputAt(position), arrayOf(outputs, name)] as const,
    );
    const runOnce = (): Promise<Readonly<Record<string, { readonly data: unknown }>>> =>
      session.run(feeds, fetches);
    const copy = (results: Readonly<Record<string, { readonly data: unknown }>>): void => {
      for (const [name, target] of targets) {
        const data = results[name]?.data;
        if (!isValues(data)) throw new Error(`the output '${name}' is not of numbers.`);
        if (data !== target) target.set(data);
      }
    };
    // Whether a runtime writes into arrays that it is given is not promised, so it is tried.
    for (const [, target] of targets) target.fill(UNWRITTEN);
    const results = await runOnce();
    const writes = targets.every(([name, target]) => {
      const data = results[name]?.data;
      return isValues(data) && data.every((v, i) => Object.is(v, target[i]));
    });
    return E.right({
      by: `ONNX Runtime (${executionProviders.join(', ')}; ${cores} ${cores === 1 ? 'thread' : 'threads'})`,
      run: writes
        ? async () => {
            await runOnce();
          }
        : async () => {
            copy(await runOnce());
          },
      close: () => session.release(),
    });
  } catch (error) {
    return E.left({ tag: 'runtimeRefused', reason: reasonOf(error) });
  }
};

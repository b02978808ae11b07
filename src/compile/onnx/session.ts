/** Runs a graph in ONNX Runtime, which is loaded only where it is installed. */
import { availableParallelism } from 'node:os';
import * as E from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../thrown.js';
import type { Graph } from '../graph.js';
import { type UnsupportedKernel, onnxBytes, outputName } from './write.js';

/** Flat numbers by name. */
export type Arrays = Readonly<Record<string, Float32Array | Int32Array | Uint8Array>>;

/** A graph that can be run. */
export interface Executable {
  readonly run: (inputs: Arrays) => Promise<Arrays>;
  readonly close: () => Promise<void>;
}

/** Why a graph cannot be run here. */
export type ExecutableError =
  | UnsupportedKernel
  | { readonly tag: 'runtimeMissing'; readonly command: string }
  | { readonly tag: 'runtimeRefused'; readonly reason: string };

/**
 * One sentence for an executable error.
 *
 * @example
 * ```ts
 * showExecutableError({ tag: 'unsupportedKernel', kernel: 'TopK' }); // 'the operation TopK cannot be compiled'
 * ```
 */
export const showExecutableError = (error: ExecutableError): string => {
  switch (error.tag) {
    case 'unsupportedKernel':
      return `the operation ${error.kernel} cannot be compiled`;
    case 'runtimeMissing':
      return `ONNX Runtime is not installed; install it with: ${error.command}`;
    case 'runtimeRefused':
      return `ONNX Runtime refused the graph: ${error.reason}`;
  }
};

/** Its install script only looks for CUDA, and fails where there is no network. */
const INSTALL = 'npm install --ignore-scripts onnxruntime-node@1.30.0';

type Runtime = typeof import('onnxruntime-node');

const load = async (): Promise<Runtime | undefined> => {
  try {
    return await import('onnxruntime-node');
  } catch {
    return undefined;
  }
};

/** Prepares a graph for running; `threads` is how many cores it may use. */
export const onnxExecutable = async (
  graph: Graph,
  threads?: number,
): Promise<E.Either<ExecutableError, Executable>> => {
  const bytes = onnxBytes(graph);
  if (E.isLeft(bytes)) return bytes;
  const ort = await load();
  if (ort === undefined) return E.left({ tag: 'runtimeMissing', command: INSTALL });
  try {
    const session = await ort.InferenceSession.create(bytes.right, {
      executionProviders: ['cpu'],
      logSeverityLevel: 3,
      // The runtime's own default counts physical cores, and leaves half of a small machine idle.
      intraOpNumThreads: threads ?? availableParallelism(),
    });
    const specs = graph.inputs.map((p) => ({
      name: p.name,
      ...(graph.values[p.id] ?? { shape: [], dtype: 'float32' as const }),
    }));
    return E.right({
      run: async (inputs) => {
        const feeds: Record<string, InstanceType<Runtime['Tensor']>> = {};
        for (const { name, shape, dtype } of specs) {
          const data = inputs[name];
          if (data === undefined) throw new Error(`expected the input '${name}', but got none.`);
          feeds[name] = new ort.Tensor(dtype, data, [...shape]);
        }
        const results = await session.run(feeds);
        return Object.fromEntries(
          graph.outputs.map(({ name }) => {
            const t = results[outputName(graph, name)];
            const data = t?.data;
            if (
              data instanceof Float32Array ||
              data instanceof Int32Array ||
              data instanceof Uint8Array
            ) {
              return [name, data];
            }
            throw new Error(`the output '${name}' has an unexpected type, ${t?.type}.`);
          }),
        );
      },
      close: () => session.release(),
    });
  } catch (error) {
    return E.left({
      tag: 'runtimeRefused',
      reason: reasonOf(error),
    });
  }
};

/** Runs a graph in ONNX Runtime, which is loaded only where it is installed. */
import * as E from 'fp-ts/lib/Either.js';
import { entryOf } from '../../../dsl/dictionary.js';
import { reasonOf } from '../../thrown.js';
import type { Values } from '../arena.js';
import type { Bound, Executable, ExecutableError } from '../executable.js';
import { outgrown } from '../footprint.js';
import type { Graph } from '../graph.js';
import { cores } from './cores.js';
import { onnxBytes } from './write.js';

/** How ONNX Runtime runs a graph. */
export interface OnnxOptions {
  /** Threads to use; as many as pay by the cost model where it is left out. */
  readonly threads?: number;
  /**
   * Where it runs, in order of preference: `cpu`, the default, or what the installed runtime has
   * beside it, such as `cuda` or `webgpu`.
   */
  readonly executionProviders?: readonly string[];
}

/** Its install script only looks for CUDA, and fails where there is no network. */
const INSTALL = 'npm install --ignore-scripts onnxruntime-node@1.30.0';

type OrtModule = typeof import('onnxruntime-node');
type OrtTensor = InstanceType<OrtModule['Tensor']>;
type Results = Readonly<Record<string, { readonly data: unknown }>>;

/** A graph as the runtime has it. */
interface Session {
  readonly run: (
    feeds: Record<string, OrtTensor>,
    fetches: string[] | Record<string, OrtTensor>,
  ) => Promise<Results>;
  readonly release: () => Promise<void>;
}

/** What is needed of a runtime. */
export interface Runtime {
  readonly Tensor: OrtModule['Tensor'];
  readonly InferenceSession: {
    readonly create: (
      model: Uint8Array,
      options: Parameters<OrtModule['InferenceSession']['create']>[1],
    ) => Promise<Session>;
  };
}

const loadRuntime = async (): Promise<Runtime | undefined> => {
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

/** A number that is not the one given: where it is still there, nothing was written. */
const otherThan = (x: number): number => (x === 1 ? 0 : 1);

/**
 * Whether a runtime writes its results into the arrays that it is given. That is not promised: some
 * hand the arrays back as they were, so what they should hold is taken from a run without them.
 */
const writesInto = async (
  expected: readonly Values[],
  targets: readonly Values[],
  run: () => Promise<unknown>,
): Promise<boolean> => {
  targets.forEach((target, i) => target.set((expected[i] ?? target).map(otherThan)));
  await run();
  return targets.every((target, i) =>
    (expected[i] ?? target).every((x, at) => target[at] !== otherThan(x)),
  );
};

/** What runs a graph in a session. */
const runIn = async (
  ort: Runtime,
  session: Session,
  { graph, inputs, outputs }: Bound,
): Promise<() => Promise<void>> => {
  const feeds = tensorsOf(ort, graph, graph.inputs, inputs, inputAt);
  const fetches = tensorsOf(ort, graph, graph.outputs, outputs, outputAt);
  const names = graph.outputs.map((_, position) => outputAt(position));
  const targets = graph.outputs.map(({ name }) => arrayOf(outputs, name));
  const fresh = async (): Promise<readonly Values[]> => {
    const results = await session.run(feeds, names);
    return names.map((name) => {
      const data = results[name]?.data;
      if (!isValues(data)) throw new Error(`the output '${name}' is not of numbers.`);
      return data;
    });
  };
  const inPlace = (): Promise<unknown> => session.run(feeds, fetches);
  const copied = async (): Promise<void> => {
    const results = await fresh();
    targets.forEach((target, i) => target.set(results[i] ?? []));
  };
  const writes = await writesInto(await fresh(), targets, inPlace);
  return writes ? async () => void (await inPlace()) : copied;
};

/** Prepares a graph for running. No output may share memory with an input. */
export const onnxExecutable = async (
  bound: Bound,
  { threads, executionProviders = ['cpu'] }: OnnxOptions = {},
  load: () => Promise<Runtime | undefined> = loadRuntime,
): Promise<E.Either<ExecutableError, Executable>> => {
  const { graph } = bound;
  const reason = outgrown(graph);
  if (reason !== undefined) return E.left({ tag: 'tooLarge', reason });
  const bytes = onnxBytes({
    ...graph,
    inputs: graph.inputs.map(({ id }, position) => ({ id, name: inputAt(position) })),
    outputs: graph.outputs.map(({ id }, position) => ({ id, name: outputAt(position) })),
  });
  if (E.isLeft(bytes)) return bytes;
  const ort = await load();
  if (ort === undefined) return E.left({ tag: 'runtimeMissing', command: INSTALL });
  const count = threads ?? cores();
  try {
    const session = await ort.InferenceSession.create(bytes.right, {
      executionProviders: [...executionProviders],
      logSeverityLevel: 3,
      // The runtime's own default counts physical cores, and leaves half of a small machine idle.
      intraOpNumThreads: count,
    });
    try {
      return E.right({
        by: `ONNX Runtime (${executionProviders.join(', ')}; ${count} ${count === 1 ? 'thread' : 'threads'})`,
        run: await runIn(ort, session, bound),
        close: () => session.release(),
      });
    } catch (error) {
      await session.release();
      throw error;
    }
  } catch (error) {
    return E.left({ tag: 'runtimeRefused', reason: reasonOf(error) });
  }
};

/** ONNX Runtime by the binding of onnxruntime-node, which copies what it computes and goes by promises. */
import { type Values, otherThan } from '../arena.js';
import type { BoundModel, BoundPort, Opened, Runtime, Settings } from './runtime.js';
import { closedError } from './runtime.js';

type OrtModule = typeof import('onnxruntime-node');
type OrtTensor = InstanceType<OrtModule['Tensor']>;
type Results = Readonly<Record<string, { readonly data: unknown }>>;

/** A graph as the binding has it. */
interface Session {
  readonly run: (
    feeds: Record<string, OrtTensor>,
    fetches: string[] | Record<string, OrtTensor>,
  ) => Promise<Results>;
  readonly release: () => Promise<void>;
}

/** What is needed of a binding. */
export interface Binding {
  readonly Tensor: OrtModule['Tensor'];
  readonly InferenceSession: {
    readonly create: (
      model: Uint8Array,
      options: Parameters<OrtModule['InferenceSession']['create']>[1],
    ) => Promise<Session>;
  };
}

const isValues = (data: unknown): data is Values =>
  data instanceof Float32Array || data instanceof Int32Array || data instanceof Uint8Array;

/** The binding's tensors over the arrays of ports. */
const tensorsOf = (ort: Binding, ports: readonly BoundPort[]): Record<string, OrtTensor> =>
  Object.fromEntries(
    ports.map(({ name, shape, dtype, values }) => [
      name,
      new ort.Tensor(dtype, values, [...shape]),
    ]),
  );

/**
 * Whether a binding writes its results into the arrays that it is given. That is not promised: some
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

/** What runs a model in a session. */
const runIn = async (
  ort: Binding,
  session: Session,
  { inputs, outputs }: BoundModel,
): Promise<() => Promise<void>> => {
  const feeds = tensorsOf(ort, inputs);
  const fetches = tensorsOf(ort, outputs);
  const names = outputs.map(({ name }) => name);
  const targets = outputs.map(({ values }) => values);
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

const open = async (
  ort: Binding,
  model: BoundModel,
  { threads, executionProviders }: Settings,
): Promise<Opened> => {
  const session = await ort.InferenceSession.create(model.bytes, {
    executionProviders: [...executionProviders],
    logSeverityLevel: 3,
    // The runtime's own default counts physical cores, and leaves half of a small machine idle.
    intraOpNumThreads: threads,
  });
  try {
    const run = await runIn(ort, session, model);
    let closed = false;
    return {
      run: () => (closed ? Promise.reject(closedError()) : run()),
      close: async () => {
        if (closed) return;
        closed = true;
        await session.release();
      },
    };
  } catch (error) {
    await session.release();
    throw error;
  }
};

/** The road through a binding; `reason` says why it is not the C interface. */
export const bindingRuntime = (ort: Binding, reason: string): Runtime => ({
  isDirect: false,
  by: `ONNX Runtime through onnxruntime-node, because ${reason}`,
  open: (model, settings) => open(ort, model, settings),
});

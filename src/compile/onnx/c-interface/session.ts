/** A model as a session of the C interface, over arrays that it reads and writes where they lie. */
import type { DType } from '../../../graph/graph.js';
import {
  closedError,
  type BoundModel,
  type BoundPort,
  type Opened,
  type Settings,
} from '../runtime.js';
import { SEVERITY, type Environment } from './environment.js';
import { addressFrom } from './functions.js';
import { pin } from './pinned.js';
import { addProvider } from './providers.js';

/** The element types, as the header numbers them. */
const elementType: Readonly<Record<DType, number>> = { float32: 1, int32: 6, bool: 9 };

/** What a session holds, and its release, once and in the order opposite to that in which it was made. */
interface Holding {
  readonly afterwards: (release: () => void) => void;
  readonly release: () => void;
  readonly released: () => boolean;
}

const holding = (): Holding => {
  const waiting: (() => void)[] = [];
  let over = false;
  return {
    afterwards: (release) => void waiting.push(release),
    release: () => {
      over = true;
      while (waiting.length > 0) waiting.pop()?.();
    },
    released: () => over,
  };
};

/** Whether the runtime says that its pool is not that of `environmentOf`: another made it first. */
const lacksPool = (error: unknown): boolean =>
  error instanceof Error && /thread ?pool/i.test(error.message);

/** Which threads a session uses: those of the pool, or so many of its own. */
type Threads = { readonly _tag: 'pool' } | { readonly _tag: 'own'; readonly count: number };

const createSession = (
  { ort, env }: Environment,
  bytes: Uint8Array,
  { executionProviders }: Settings,
  threads: Threads,
): bigint => {
  const options = addressFrom((room) => ort.CreateSessionOptions(room));
  try {
    ort.SetSessionLogSeverityLevel(options, SEVERITY);
    if (threads._tag === 'pool') ort.DisablePerSessionThreads(options);
    else ort.SetIntraOpNumThreads(options, threads.count);
    for (const provider of executionProviders) addProvider(ort, options, provider);
    return addressFrom((room) =>
      ort.CreateSessionFromArray(env, bytes, bytes.byteLength, options, room),
    );
  } finally {
    ort.ReleaseSessionOptions(options);
  }
};

/** A session with the threads asked for, shared ones where that is as many. */
const sessionOf = (environment: Environment, bytes: Uint8Array, settings: Settings): bigint => {
  const own = { _tag: 'own', count: settings.threads } as const;
  if (settings.threads !== environment.pool) {
    return createSession(environment, bytes, settings, own);
  }
  try {
    return createSession(environment, bytes, settings, { _tag: 'pool' });
  } catch (error) {
    if (!lacksPool(error)) throw error;
    return createSession(environment, bytes, settings, own);
  }
};

/** Addresses, in memory that stays where it is. */
const addresses = (all: readonly bigint[]): BigUint64Array => {
  const room = new BigUint64Array(new ArrayBuffer(Math.max(8, 8 * all.length)));
  room.set(all);
  return room;
};

/** A text as the interface takes it. */
const textOf = (text: string): Uint8Array => {
  const bytes = new TextEncoder().encode(text);
  const room = new Uint8Array(new ArrayBuffer(bytes.length + 1));
  room.set(bytes);
  return room;
};

/** Where an array without elements is said to lie. */
const nowhere = new BigUint64Array(new ArrayBuffer(8));

const valueOf = (
  { ort, memory, addressOf }: Environment,
  { values, shape, dtype }: BoundPort,
): bigint =>
  addressFrom((room) =>
    ort.CreateTensorWithDataAsOrtValue(
      memory,
      addressOf(values.length === 0 ? nowhere : values),
      values.byteLength,
      BigInt64Array.from(shape, BigInt),
      shape.length,
      elementType[dtype],
      room,
    ),
  );

/** Ports as a run is told of them: the addresses of their names and of their values. */
interface Side {
  readonly names: BigUint64Array;
  readonly values: BigUint64Array;
  readonly texts: readonly Uint8Array[];
}

const sideOf = (
  environment: Environment,
  ports: readonly BoundPort[],
  { afterwards }: Holding,
): Side => {
  const texts = ports.map(({ name }) => textOf(name));
  const values = ports.map((port) => {
    const value = valueOf(environment, port);
    afterwards(() => environment.ort.ReleaseValue(value));
    return value;
  });
  return { names: addresses(texts.map(environment.addressOf)), values: addresses(values), texts };
};

/**
 * Frees sessions that nobody can run any more and nobody has closed. What it is handed must not know
 * the function that runs the session, so the two are made in different places.
 */
const abandoned = new FinalizationRegistry<Holding>(({ release }) => release());

const hold = (environment: Environment, model: BoundModel, settings: Settings, held: Holding) => {
  const { ort } = environment;
  try {
    const session = sessionOf(environment, model.bytes, settings);
    held.afterwards(() => ort.ReleaseSession(session));
    const inputs = sideOf(environment, model.inputs, held);
    const outputs = sideOf(environment, model.outputs, held);
    held.afterwards(pin([model, inputs, outputs]));
    return { session, inputs, outputs };
  } catch (error) {
    held.release();
    throw error;
  }
};

/** Opens a model. Throws what the runtime says against it. */
export const openSession = (
  environment: Environment,
  model: BoundModel,
  settings: Settings,
): Opened => {
  const held = holding();
  const { session, inputs, outputs } = hold(environment, model, settings, held);
  const { Run } = environment.ort;
  const [reads, writes] = [model.inputs.length, model.outputs.length];
  const run = (): void => {
    if (held.released()) throw closedError();
    Run(session, null, inputs.names, inputs.values, reads, outputs.names, writes, outputs.values);
  };
  abandoned.register(run, held, held);
  return {
    run,
    close: async () => {
      abandoned.unregister(held);
      held.release();
    },
  };
};

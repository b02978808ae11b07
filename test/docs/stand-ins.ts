/** What takes a function's place to see whether its example would notice that it does nothing. */
import * as tf from '@tensorflow/tfjs';

/** Stands in for a value; `idle` is told where that made no difference at all. */
export type StandIn = (real: unknown) => unknown;

type Call = (...args: readonly unknown[]) => unknown;

const isCall = (x: unknown): x is Call => typeof x === 'function';

const isClass = (x: unknown): boolean => String(x).startsWith('class');

const isObject = (x: unknown): x is Readonly<Record<string, unknown>> =>
  typeof x === 'object' && x !== null;

/** Every function of a value, in its place, called by `as` instead. */
const inPlaceOf =
  (as: (real: Call) => Call): StandIn =>
  (real) => {
    if (isClass(real)) return class extends Error {};
    if (isCall(real)) return Object.assign(as(real), { ...real });
    if (!isObject(real)) return real;
    return Object.fromEntries(
      Object.entries(real).map(([name, x]) => [name, isCall(x) ? as(x) : x]),
    );
  };

/** What a value is replaced by, part by part; a part that nothing is said of stays. */
interface Zeros {
  readonly number: (x: number) => unknown;
  readonly word: (x: string | boolean) => unknown;
  readonly program: (x: object) => unknown;
}

const isArray = (x: unknown): x is readonly unknown[] => Array.isArray(x);

type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | Uint32Array;

const isTyped = (x: unknown): x is Numbers => ArrayBuffer.isView(x) && !(x instanceof DataView);

const zeroed = (x: unknown, zeros: Zeros, seen: () => void): unknown => {
  const inner = (part: unknown): unknown => zeroed(part, zeros, seen);
  if (x instanceof tf.Tensor) {
    seen();
    return tf.zerosLike(x);
  }
  if (isTyped(x)) {
    seen();
    return x.map(() => 0);
  }
  if (typeof x === 'number') {
    seen();
    return zeros.number(x);
  }
  if (typeof x === 'string' || typeof x === 'boolean') return zeros.word(x);
  if (x instanceof Promise) return x.then(inner);
  if (isCall(x)) return Object.assign((...args: readonly unknown[]) => inner(x(...args)), { ...x });
  if (isArray(x)) return x.map(inner);
  if (!isObject(x)) return x;
  if (Symbol.iterator in x || Symbol.asyncIterator in x) return zeros.program(x);
  return Object.fromEntries(Object.entries(x).map(([name, part]) => [name, inner(part)]));
};

/** The function is run, and zeros of the right shape come in place of what it gives. */
const zero =
  (zeros: Zeros, seen: () => void): StandIn =>
  (real) =>
    isCall(real)
      ? inPlaceOf(
          (f) =>
            (...args) =>
              zeroed(f(...args), zeros, seen),
        )(real)
      : zeroed(real, zeros, seen);

/** How a function can do nothing: made anew for each run, with a call that says if it made a difference. */
export const idleForms = {
  'it gave nothing': (seen) => {
    seen();
    return inPlaceOf(() => () => undefined);
  },
  'it gave what it was given': (seen) => {
    seen();
    return inPlaceOf(() => (first) => first);
  },
  'it gave the last that it was given': (seen) =>
    inPlaceOf(() => (...args) => {
      if (args.length > 1) seen();
      return args.at(-1);
    }),
  'it gave a function that gives what it is given': (seen) => {
    seen();
    return inPlaceOf(() => () => (first: unknown) => first);
  },
  'it gave zeros and nothing else': (seen) =>
    zero(
      {
        number: () => 0,
        word: (x) => {
          seen();
          return typeof x === 'string' ? '' : false;
        },
        program: () => {
          seen();
          return [];
        },
      },
      seen,
    ),
  'it gave zeros for numbers': (seen) =>
    zero({ number: () => 0, word: (x) => x, program: (x) => x }, seen),
} as const satisfies Readonly<Record<string, (seen: () => void) => StandIn>>;

/** A namespace with a stand-in for one of its members. */
export const swappedIn = (space: unknown, subject: unknown, standIn: StandIn): unknown => {
  if (!isObject(space) && !isCall(space)) return space;
  if (!Object.values(space).includes(subject)) return space;
  const members = Object.fromEntries(
    Object.entries(space).map(([name, x]) => [name, x === subject ? standIn(x) : x]),
  );
  return isCall(space)
    ? Object.assign((...args: readonly unknown[]) => space(...args), members)
    : members;
};

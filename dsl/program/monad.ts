/**
 * `Program` as an fp-ts Monad, for those who compose with pipes. Generators and pipes make the
 * same values.
 *
 * @example
 * ```ts
 * const model = pipe(
 *   Do,
 *   bind('z', () => sample('z', normal(0, 1))),
 *   bind('x', ({ z }) => sample('x', normal(z, 1))),
 * );
 * Object.keys(trace(model, { key: key(0) }).sites); // ['z', 'x']
 * ```
 */
import type { Applicative2 } from 'fp-ts/lib/Applicative.js';
import type { Chain2 } from 'fp-ts/lib/Chain.js';
import type { Functor2 } from 'fp-ts/lib/Functor.js';
import type { URItoKind2 } from 'fp-ts/HKT.js';
import type { Monad2 } from 'fp-ts/lib/Monad.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Tensor } from '../tensors/tensor.js';
import type { Program, Visit } from './program.js';

export const URI = 'Program';
export type URI = typeof URI & keyof URItoKind2<unknown, unknown>;

declare module 'fp-ts/HKT.js' {
  interface URItoKind2<E, A> {
    readonly Program: Program<E, A>;
  }
}

/**
 * The program that visits nothing and returns `a`.
 *
 * @example
 * ```ts
 * simulate(of(3), {}); // 3
 * ```
 */
export const of = <A>(a: A): Program<never, A> => ({
  // oxlint-disable-next-line require-yield -- a pure program has nothing to ask
  *[Symbol.iterator](): Generator<Visit<never>, A, Tensor> {
    return a;
  },
});

/**
 * Runs a program, then the one that `f` makes of its result; the rows of sites are joined.
 *
 * @example
 * ```ts
 * simulate(pipe(of(2), flatMap((n) => of(n + 1))), {}); // 3
 * ```
 */
export const flatMap =
  <A, F, B>(f: (a: A) => Program<F, B>) =>
  <E>(p: Program<E, A>): Program<E | F, B> => ({
    *[Symbol.iterator](): Generator<Visit<E | F>, B, Tensor> {
      return yield* f(yield* p);
    },
  });

/**
 * Maps the result of a program.
 *
 * @example
 * ```ts
 * simulate(pipe(of(2), map((n) => n + 1)), {}); // 3
 * ```
 */
export const map =
  <A, B>(f: (a: A) => B) =>
  <E>(p: Program<E, A>): Program<E, B> =>
    pipe(
      p,
      flatMap((a) => of(f(a))),
    );

/** The empty record, to which `bind` and `let` add fields. */
export const Do: Program<never, object> = of({});

type With<R, N extends string, B> = { readonly [K in keyof R | N]: K extends keyof R ? R[K] : B };

function extend<R extends object, N extends string, B>(record: R, name: N, value: B): With<R, N, B>;
function extend(record: object, name: string, value: unknown): object {
  return { ...record, [name]: value };
}

/**
 * Runs the program that `f` makes of the fields so far, and adds its result as the field `name`.
 *
 * @example
 * ```ts
 * simulate(pipe(Do, bind('a', () => of(2)), bind('b', ({ a }) => of(a + 1))), {}); // { a: 2, b: 3 }
 * ```
 */
export const bind =
  <R extends object, N extends string, F, B>(
    name: Exclude<N, keyof R>,
    f: (r: R) => Program<F, B>,
  ) =>
  <E>(p: Program<E, R>): Program<E | F, With<R, N, B>> =>
    pipe(
      p,
      flatMap((r) =>
        pipe(
          f(r),
          map((b) => extend<R, N, B>(r, name, b)),
        ),
      ),
    );

const let_ =
  <R extends object, N extends string, B>(name: Exclude<N, keyof R>, f: (r: R) => B) =>
  <E>(p: Program<E, R>): Program<E, With<R, N, B>> =>
    pipe(
      p,
      map((r) => extend<R, N, B>(r, name, f(r))),
    );

export {
  /**
   * Adds the field `name`, computed from the fields so far.
   *
   * @example
   * ```ts
   * simulate(pipe(of({ a: 2 }), monad.let('b', ({ a }) => a + 1)), {}); // { a: 2, b: 3 }
   * ```
   */
  let_ as let,
};

/** The functor instance. */
export const Functor: Functor2<URI> = { URI, map: (p, f) => map(f)(p) };

/** The applicative instance: both programs run, left first. */
export const Applicative: Applicative2<URI> = {
  ...Functor,
  of,
  ap: (pf, pa) =>
    pipe(
      pf,
      flatMap((f) => pipe(pa, map(f))),
    ),
};

/** The chain instance. */
export const Chain: Chain2<URI> = {
  ...Functor,
  ap: Applicative.ap,
  chain: (p, f) => flatMap(f)(p),
};

/** The monad instance. */
export const Monad: Monad2<URI> = { ...Applicative, ...Chain };

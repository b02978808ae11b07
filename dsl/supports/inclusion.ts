/**
 * Inclusion of supports, twice with one meaning: as a function for what is only known when the
 * program runs, and as a type so that the compiler can refuse a guide.
 *
 * Laws, where bounds are known: reflexive, transitive, antisymmetric. A bound that is NaN lies
 * within nothing, not even itself, for it may be another number at the other site. The type says
 * `true` or `false` only where the function agrees, and `boolean` where it cannot know.
 */
import type { Support } from './support.js';

/**
 * Whether every value of `inner` is a value of `outer`.
 *
 * @example
 * ```ts
 * isWithin(positive, real); // true
 * isWithin(boolean, real); // false
 * ```
 */
export const isWithin = (inner: Support, outer: Support): boolean =>
  inner.isWithin(outer) || outer.covers?.(inner) === true;

/** By the kind of a support, the kinds that all of it lies in: those that the compiler knows. */
interface Around {
  readonly real: 'real';
  readonly positive: 'positive' | 'nonnegative' | 'real';
  readonly nonnegative: 'nonnegative' | 'real';
  readonly interval: 'real';
  readonly circle: 'circle';
  readonly integers: never;
  readonly countVectors: never;
  readonly censored: never;
  readonly simplex: 'simplex';
  readonly oneHot: 'oneHot';
  readonly lowerCholesky: 'lowerCholesky';
  readonly corrCholesky: 'corrCholesky';
  readonly orderedVector: 'orderedVector';
  readonly positiveOrderedVector: 'positiveOrderedVector' | 'orderedVector';
  readonly arrayOf: never;
}

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Numeric bounds are compared by the compiler only where they are the same literals. */
type WithinBounds<I, O> = I extends { readonly low: infer L; readonly high: infer H }
  ? number extends L | H
    ? boolean
    : O extends { readonly low: infer M; readonly high: infer N }
      ? Same<[L, H], [M, N]> extends true
        ? true
        : boolean
      : boolean
  : boolean;

/** Of half lines, which an interval may hold that is infinite and starts at 0 or below. */
type WithinHalfLine<O> = O extends { readonly low: infer L extends number; readonly high: infer H }
  ? number extends H
    ? number extends L
      ? boolean
      : `${L}` extends '0' | `-${string}`
        ? boolean
        : false
    : false
  : false;

/** The rank is no part of the type, so entries that lie within do not settle it. */
type WithinArray<Entries> = [Entries] extends [false] ? false : boolean;

/** Totals are compared by the compiler only where both are literals. */
type WithinTotal<I, O> = I extends { readonly total: infer A }
  ? O extends { readonly total: infer B }
    ? number extends A | B
      ? boolean
      : Same<A, B>
    : boolean
  : boolean;
/** Vectors that are an array's too: where their entries lie. */
interface EntriesOf {
  readonly orderedVector: { readonly kind: 'real' };
  readonly positiveOrderedVector: { readonly kind: 'positive' };
}

type BaseOf<S> = S extends { readonly base: infer B } ? B : never;

type WithinKind<I, O, K extends keyof Around, L extends keyof Around> = L extends Around[K]
  ? true
  : K extends 'interval' | 'integers'
    ? L extends K
      ? WithinBounds<I, O>
      : K extends 'interval'
        ? L extends 'positive' | 'nonnegative' | 'circle'
          ? boolean
          : false
        : false
    : [K, L] extends ['positive' | 'nonnegative', 'interval']
      ? WithinHalfLine<O>
      : [K, L] extends ['arrayOf', 'arrayOf']
        ? WithinArray<IsWithin<BaseOf<I>, BaseOf<O>>>
        : [K, L] extends ['countVectors', 'countVectors']
          ? WithinTotal<I, O>
          : [K, L] extends [keyof EntriesOf, 'arrayOf']
            ? WithinArray<IsWithin<EntriesOf[K & keyof EntriesOf], BaseOf<O>>>
            : false;

/** `true`, `false`, or `boolean` where only a run can tell, as of a support of a user's own. */
export type IsWithin<I, O> = I extends { readonly kind: infer K extends keyof Around }
  ? O extends { readonly kind: infer L extends keyof Around }
    ? WithinKind<I, O, K, L>
    : boolean
  : boolean;

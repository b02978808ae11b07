/**
 * Inclusion of supports, twice with one meaning: as a function for what is only known when the
 * program runs, and as a type so that the compiler can refuse a guide.
 *
 * Laws, where bounds are known: reflexive, transitive, antisymmetric. A bound that is NaN lies
 * within nothing, not even itself, for it may be another number at the other site. The type says
 * `true` or `false` only where the function agrees, and `boolean` where it cannot know.
 */
import type { ScalarSupport, Support } from './support.js';
import type {
  ArrayOf,
  Integers,
  Interval,
  LowerCholesky,
  Nonnegative,
  OneHot,
  Positive,
  Real,
  Simplex,
} from './supports/index.js';

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

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Numeric bounds are compared by the compiler only where they are the same literals. */
type WithinBounds<I extends Interval | Integers, O> = number extends I['low'] | I['high']
  ? boolean
  : Same<I, O> extends true
    ? true
    : boolean;

type WithinScalar<I, O> = I extends Real
  ? O extends Real
    ? true
    : false
  : I extends Positive
    ? O extends Positive | Nonnegative | Real
      ? true
      : false
    : I extends Nonnegative
      ? O extends Nonnegative | Real
        ? true
        : false
      : I extends Interval
        ? O extends Real
          ? true
          : O extends Interval
            ? WithinBounds<I, O>
            : O extends Positive | Nonnegative
              ? boolean
              : false
        : I extends Integers
          ? O extends Integers
            ? WithinBounds<I, O>
            : false
          : boolean;

/** The rank is no part of the type, so entries that lie within do not settle it. */
type WithinArray<Entries> = [Entries] extends [false] ? false : boolean;

/** The supports whose inclusion the compiler knows; of any other only a run can tell. */
type Known =
  Real | Positive | Nonnegative | Interval | Integers | Simplex | OneHot | LowerCholesky | ArrayOf;

/** `true`, `false`, or `boolean` where only a run can tell. */
export type IsWithin<I, O> = I extends Known
  ? O extends Known
    ? WithinKnown<I, O>
    : boolean
  : boolean;

type WithinKnown<I, O> = I extends Simplex
  ? O extends Simplex
    ? true
    : false
  : I extends OneHot
    ? O extends OneHot
      ? true
      : false
    : I extends LowerCholesky
      ? O extends LowerCholesky
        ? true
        : false
      : I extends ArrayOf<infer IB>
        ? O extends ArrayOf<infer OB>
          ? WithinArray<IsWithin<IB, OB>>
          : false
        : O extends ScalarSupport
          ? WithinScalar<I, O>
          : false;

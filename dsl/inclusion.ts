/**
 * Inclusion of supports, twice with one meaning: as a function for what is only known when the
 * program runs, and as a type so that the compiler can refuse a guide.
 *
 * Laws, where bounds are known: reflexive, transitive, antisymmetric. A bound that is NaN lies
 * within nothing, not even itself, for it may be another number at the other site. The type says
 * `true` or `false` only where the function agrees, and `boolean` where it cannot know.
 */
import type {
  ArrayOf,
  Integers,
  Interval,
  LowerCholesky,
  Nonnegative,
  OneHot,
  Positive,
  Real,
  ScalarSupport,
  Simplex,
  Support,
} from './support.js';

const withinScalar = (inner: ScalarSupport, outer: ScalarSupport): boolean => {
  switch (inner.kind) {
    case 'real':
      return outer.kind === 'real';
    case 'nonnegative':
      return outer.kind === 'nonnegative' || outer.kind === 'real';
    case 'positive':
      return outer.kind === 'positive' || outer.kind === 'nonnegative' || outer.kind === 'real';
    case 'interval':
      switch (outer.kind) {
        case 'real':
          return true;
        case 'nonnegative':
        case 'positive':
          return inner.low >= 0;
        case 'interval':
          return inner.low >= outer.low && inner.high <= outer.high;
        case 'integers':
          return false;
      }
    case 'integers':
      return outer.kind === 'integers' && inner.low >= outer.low && inner.high <= outer.high;
  }
};

/**
 * Whether every value of `inner` is a value of `outer`.
 *
 * @example
 * ```ts
 * isWithin(positive, real); // true
 * isWithin(boolean, real); // false
 * ```
 */
export const isWithin = (inner: Support, outer: Support): boolean => {
  switch (inner.kind) {
    case 'simplex':
    case 'oneHot':
    case 'lowerCholesky':
      return outer.kind === inner.kind;
    case 'arrayOf':
      return (
        outer.kind === 'arrayOf' &&
        inner.rank === outer.rank &&
        withinScalar(inner.base, outer.base)
      );
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'interval':
    case 'integers':
      switch (outer.kind) {
        case 'real':
        case 'positive':
        case 'nonnegative':
        case 'interval':
        case 'integers':
          return withinScalar(inner, outer);
        case 'arrayOf':
        case 'simplex':
        case 'oneHot':
        case 'lowerCholesky':
          return false;
      }
  }
};

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

/** `true`, `false`, or `boolean` where only a run can tell. */
export type IsWithin<I, O> = [Support] extends [I]
  ? boolean
  : [Support] extends [O]
    ? boolean
    : I extends Simplex
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
              ? WithinArray<WithinScalar<IB, OB>>
              : false
            : O extends ScalarSupport
              ? WithinScalar<I, O>
              : false;

/**
 * Supports: the set a value lives in, with its base measure, as data. A continuous support carries
 * Lebesgue measure and a discrete one counting measure, so a discrete set never lies inside a
 * continuous one, whatever its elements: the density that the bound needs would not exist.
 *
 * Inclusion is in `inclusion.ts`, the bijector from unconstrained space in `bijectors/to.ts`.
 */
import { demand } from './checks/options.js';

/** The real line. */
export interface Real {
  readonly kind: 'real';
}

/** The open half line (0, ∞). */
export interface Positive {
  readonly kind: 'positive';
}

/** The closed half line [0, ∞). */
export interface Nonnegative {
  readonly kind: 'nonnegative';
}

/** The open interval from `low` to `high`; a bound that is NaN depends on a parameter. */
export interface Interval<L extends number = number, H extends number = number> {
  readonly kind: 'interval';
  readonly low: L;
  readonly high: H;
}

/** The integers from `low` to `high`, both included. */
export interface Integers<L extends number = number, H extends number = number> {
  readonly kind: 'integers';
  readonly low: L;
  readonly high: H;
}

/** Vectors whose entries are positive and sum to one. */
export interface Simplex {
  readonly kind: 'simplex';
}

/** Vectors with a single 1 among zeros. */
export interface OneHot {
  readonly kind: 'oneHot';
}

/** Lower-triangular matrices with a positive diagonal. */
export interface LowerCholesky {
  readonly kind: 'lowerCholesky';
}

/** Supports of a single number. */
export type ScalarSupport = Real | Positive | Nonnegative | Interval | Integers;

/** Arrays of `rank` axes whose every entry lies in `base`. */
export interface ArrayOf<S extends ScalarSupport = ScalarSupport> {
  readonly kind: 'arrayOf';
  readonly base: S;
  readonly rank: number;
}

export type Support = ScalarSupport | ArrayOf | Simplex | OneHot | LowerCholesky;

/** Supports with a bijector from unconstrained space. */
export type ContinuousSupport =
  | Exclude<ScalarSupport, Integers>
  | ArrayOf<Exclude<ScalarSupport, Integers>>
  | Simplex
  | LowerCholesky;

export const real: Real = { kind: 'real' };
export const positive: Positive = { kind: 'positive' };
export const nonnegative: Nonnegative = { kind: 'nonnegative' };
export const simplex: Simplex = { kind: 'simplex' };
export const oneHot: OneHot = { kind: 'oneHot' };
export const lowerCholesky: LowerCholesky = { kind: 'lowerCholesky' };

/**
 * The open interval from `low` to `high`.
 *
 * @example
 * ```ts
 * isWithin(interval(0, 1), interval(0, 2)); // true
 * isWithin(interval(0, 2), interval(0, 1)); // false
 * ```
 */
export const interval = <const L extends number, const H extends number>(
  low: L,
  high: H,
): Interval<L, H> => {
  // A bound that is NaN is computed, and says nothing.
  demand(!(low >= high), 'interval', 'low < high', `${low} and ${high}`, 'swap them');
  return { kind: 'interval', low, high };
};

/**
 * The integers from `low` to `high`, both included.
 *
 * @example
 * ```ts
 * integers(0, 9); // { kind: 'integers', low: 0, high: 9 }
 * ```
 */
export const integers = <const L extends number, const H extends number>(
  low: L,
  high: H,
): Integers<L, H> => {
  demand(!(low > high), 'integers', 'low at most high', `${low} and ${high}`, 'swap them');
  return { kind: 'integers', low, high };
};

/** The open interval from 0 to 1. */
export const unitInterval: Interval<0, 1> = interval(0, 1);

/** The integers 0 and 1. */
export const boolean: Integers<0, 1> = integers(0, 1);

/**
 * Arrays of `rank` axes with entries in `base`.
 *
 * @example
 * ```ts
 * arrayOf(positive, 2); // { kind: 'arrayOf', base: positive, rank: 2 }
 * ```
 */
export const arrayOf = <S extends ScalarSupport>(base: S, rank = 1): ArrayOf<S> => ({
  kind: 'arrayOf',
  base,
  rank,
});

/** Vectors of real numbers. */
export const realVector: ArrayOf<Real> = arrayOf(real, 1);

/** The number of event axes that a value of this support has. */
export const eventRank = (support: Support): number => {
  switch (support.kind) {
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'interval':
    case 'integers':
      return 0;
    case 'simplex':
    case 'oneHot':
      return 1;
    case 'lowerCholesky':
      return 2;
    case 'arrayOf':
      return support.rank;
  }
};

/** Whether the support is a set of integers, or of vectors of them. */
export const isDiscrete = (support: Support): boolean => {
  switch (support.kind) {
    case 'integers':
    case 'oneHot':
      return true;
    case 'arrayOf':
      return isDiscrete(support.base);
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'interval':
    case 'simplex':
    case 'lowerCholesky':
      return false;
  }
};

const bound = (n: number): string => (Number.isNaN(n) ? '?' : String(n));

/** Prints a support, for messages. */
export const showSupport = (support: Support): string => {
  switch (support.kind) {
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'simplex':
      return support.kind;
    case 'oneHot':
      return 'one-hot vectors';
    case 'lowerCholesky':
      return 'lower-triangular with positive diagonal';
    case 'interval':
      return `interval(${bound(support.low)}, ${bound(support.high)})`;
    case 'integers':
      return support.low === 0 && support.high === 1
        ? 'boolean'
        : `integers(${bound(support.low)}..${bound(support.high)})`;
    case 'arrayOf':
      return `array of rank ${support.rank} over ${showSupport(support.base)}`;
  }
};

/**
 * Domains: what the numbers that a law is made from, or that it is given, must be. Those of arguments
 * differ from supports at their edges: a probability may be 0, and softmax rounds it above 1.
 */
import type { Shape } from '../noise.js';
import { dropLast, sizeOf, takeLast } from '../tensors/shape.js';
import { type Support, eventRank } from '../support.js';

/** The interval with both its ends, beyond which rounding may go by `slack`. */
export interface ClosedInterval {
  readonly kind: 'closedInterval';
  readonly low: number;
  readonly high: number;
  readonly slack: number;
}

export type Domain =
  | Support
  | ClosedInterval
  /** Shares that sum to one, some of which may be 0. */
  | { readonly kind: 'closedSimplex' }
  /** Numbers of at least 0 along the last axis that are not all 0. */
  | { readonly kind: 'weights' }
  /** Logarithms of such numbers: −∞ is one. */
  | { readonly kind: 'logWeights' };

/** How far rounding may take a probability out of its interval. */
const SLACK = 1e-5;
/** How far the entries of a float32 simplex may be from a sum of 1. */
const SUM = 1e-3;

export const probability: Domain = { kind: 'closedInterval', low: 0, high: 1, slack: SLACK };
export const closedSimplex: Domain = { kind: 'closedSimplex' };
export const weights: Domain = { kind: 'weights' };
export const logWeights: Domain = { kind: 'logWeights' };

/** A support with its edges, entry by entry: densities are defined there, and data lie there. */
export const closure = (support: Support): Domain => {
  switch (support.kind) {
    case 'positive':
      return { kind: 'nonnegative' };
    case 'interval':
      return { kind: 'closedInterval', low: support.low, high: support.high, slack: 0 };
    case 'simplex':
      return closedSimplex;
    case 'arrayOf':
      return closure(support.base);
    case 'real':
    case 'nonnegative':
    case 'integers':
    case 'oneHot':
    case 'lowerCholesky':
      return support;
  }
};

/** How many axes an element of a domain has. */
const rankOf = (domain: Domain): number => {
  switch (domain.kind) {
    case 'closedInterval':
      return 0;
    case 'closedSimplex':
    case 'weights':
    case 'logWeights':
      return 1;
    case 'arrayOf':
      return 0;
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'interval':
    case 'integers':
    case 'simplex':
    case 'oneHot':
    case 'lowerCholesky':
      return eventRank(domain);
  }
};

const bound = (n: number, otherwise: string): string => (Number.isNaN(n) ? otherwise : String(n));

/** What it is to lie in a domain, for messages: it is to be `positive`. */
export const showDomain = (domain: Domain): string => {
  switch (domain.kind) {
    case 'real':
      return 'finite';
    case 'positive':
    case 'nonnegative':
      return domain.kind;
    case 'interval':
      return `strictly between ${bound(domain.low, 'its bound')} and ${bound(domain.high, 'its bound')}`;
    case 'closedInterval':
      return `from ${bound(domain.low, 'its bound')} to ${bound(domain.high, 'its bound')}`;
    case 'integers':
      return domain.low === 0 && domain.high === 1
        ? '0 or 1'
        : `a whole number from ${domain.low} to ${domain.high}`;
    case 'simplex':
      return 'positive shares that sum to 1';
    case 'closedSimplex':
      return 'shares that sum to 1';
    case 'oneHot':
      return 'a single 1 among zeros';
    case 'weights':
      return 'nonnegative and not all 0';
    case 'logWeights':
      return 'below Infinity and not all -Infinity';
    case 'lowerCholesky':
      return 'lower triangular with a positive diagonal';
    case 'arrayOf':
      return showDomain(domain.base);
  }
};

/** What is wrong with an element: a number in it, or one that all of them make. */
export interface Outside {
  readonly value: number;
  readonly of: 'entry' | 'sum' | 'largest';
  /** Where in the tensor the number is, or the element that it is made of. */
  readonly index: readonly number[];
}

/** Whether a number may be an entry; entries of a matrix are told by `row` and `column`. */
const mayBe = (domain: Domain, x: number, row: number, column: number): boolean => {
  switch (domain.kind) {
    case 'real':
      return Number.isFinite(x);
    case 'positive':
    case 'simplex':
      return x > 0 && x < Infinity;
    case 'nonnegative':
      return x >= 0 && x < Infinity;
    case 'closedSimplex':
      return x >= -SLACK && x <= 1 + SLACK;
    // Negated, because a bound that is NaN is computed and says nothing.
    case 'interval':
      return (
        Number.isFinite(x) && !(x <= Math.fround(domain.low)) && !(x >= Math.fround(domain.high))
      );
    case 'closedInterval':
      return (
        Number.isFinite(x) &&
        !(x < Math.fround(domain.low) - domain.slack) &&
        !(x > Math.fround(domain.high) + domain.slack)
      );
    case 'integers':
      return Number.isInteger(x) && !(x < domain.low) && !(x > domain.high);
    case 'oneHot':
      return x === 0 || x === 1;
    case 'weights':
      return x >= 0 && x < Infinity;
    case 'logWeights':
      return x < Infinity;
    case 'lowerCholesky':
      return row < column ? x === 0 : Number.isFinite(x) && (row > column || x > 0);
    case 'arrayOf':
      return mayBe(domain.base, x, row, column);
  }
};

const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What is wrong with numbers that may each be an entry. */
const wrongTogether = (
  domain: Domain,
  entries: () => readonly number[],
): Omit<Outside, 'index'> | undefined => {
  switch (domain.kind) {
    case 'simplex':
    case 'closedSimplex':
    case 'oneHot': {
      const value = sumOf(entries());
      return Math.abs(value - 1) > SUM ? { value, of: 'sum' } : undefined;
    }
    case 'weights': {
      const value = sumOf(entries());
      return value > 0 ? undefined : { value, of: 'sum' };
    }
    case 'logWeights': {
      const value = Math.max(...entries());
      return value > -Infinity ? undefined : { value, of: 'largest' };
    }
    default:
      return undefined;
  }
};

const indexAt = (shape: readonly number[], flat: number): readonly number[] =>
  shape.map((n, i) => Math.floor(flat / sizeOf(shape.slice(i + 1))) % n);

/**
 * The first element outside a domain, of numbers laid out row-major. Only those count for which
 * `counts` holds, which is asked by the flat position of an element's first number.
 */
export const firstOutside = (
  values: ArrayLike<number>,
  shape: Shape,
  domain: Domain,
  counts: (flat: number) => boolean = () => true,
): Outside | undefined => {
  const rank = rankOf(domain);
  const width = sizeOf(takeLast(shape, rank));
  const columns = takeLast(shape, 1)[0] ?? 1;
  for (let from = 0; from < values.length; from += width) {
    if (!counts(from)) continue;
    for (let i = 0; i < width; i += 1) {
      const value = values[from + i] ?? Number.NaN;
      if (!mayBe(domain, value, Math.floor(i / columns), i % columns)) {
        return { value, of: 'entry', index: indexAt(shape, from + i) };
      }
    }
    const wrong = wrongTogether(domain, () =>
      Array.from({ length: width }, (_, i) => values[from + i] ?? Number.NaN),
    );
    if (wrong) return { ...wrong, index: indexAt(dropLast(shape, rank), from / width) };
  }
  return undefined;
};

/** Prints what is wrong: `1.5 at [3]`. */
export const showOutside = ({ value, of, index }: Outside): string =>
  (of === 'entry' ? '' : `a ${of === 'sum' ? 'sum' : 'largest number'} of `) +
  `${Number.isFinite(value) ? Number(value.toPrecision(7)) : value}` +
  (index.length === 0 ? '' : ` at [${index.join(', ')}]`);

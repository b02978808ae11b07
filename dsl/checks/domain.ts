/**
 * Domains: what the numbers that a law is made from, or that it is given, must be. Those of arguments
 * differ from supports at their edges: a probability may be 0, and softmax rounds it above 1.
 */
import type { Shape } from '../tensors/noise.js';
import { dropLast, sizeOf, takeLast } from '../tensors/shape.js';

/** What is wrong with an element: a number in it, or one that all of them make. */
export interface Outside {
  readonly value: number;
  /** Of all its numbers together, what the number is: `a sum of`. */
  readonly of?: string;
  /** Where in the tensor the number is, or the element that it is made of. */
  readonly index: readonly number[];
}

/** What numbers must be. */
export interface Domain {
  /** What it is to lie in it, for messages: it is to be `positive`. */
  readonly words: string;
  /** How to stay in it. */
  readonly cure: string;
  /** How many axes an element has, of numbers that are judged together. */
  readonly rank: number;
  /** Whether a number may be an entry; of a matrix, at this row and column. */
  readonly entry: (x: number, row: number, column: number) => boolean;
  /** What is wrong with numbers that may each be an entry, where a sum may be off by `slack`. */
  readonly together?: (
    entries: readonly number[],
    slack?: number,
  ) => Omit<Outside, 'index'> | undefined;
}

/** How far rounding may take a probability out of its interval. */
const SLACK = 1e-5;
/** How far the entries of a float32 simplex may be from a sum of 1. */
const SUM = 1e-3;

const sumOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What is wrong with shares that do not sum to 1. */
export const sumsToOne = (
  entries: readonly number[],
  slack = SUM,
): Omit<Outside, 'index'> | undefined => {
  const value = sumOf(entries);
  return Math.abs(value - 1) > slack ? { value, of: 'a sum of' } : undefined;
};

/** A bound of an interval, in words; one that is NaN is computed. */
export const boundIn = (n: number, otherwise: string): string =>
  Number.isNaN(n) ? otherwise : String(n);

export const INTERVAL_CURE =
  'use a sigmoid, logits where the family takes them, or a param with { support: unitInterval }';

export const SHARES_CURE =
  'use a softmax, logits where the family takes them, or a param with { support: simplex }';

/** The interval with both its ends, beyond which rounding may go by `slack`. */
export const closedInterval = (low: number, high: number, slack = 0): Domain => ({
  words: `from ${boundIn(low, 'its bound')} to ${boundIn(high, 'its bound')}`,
  cure: INTERVAL_CURE,
  rank: 0,
  // Negated, because a bound that is NaN is computed and says nothing.
  entry: (x) =>
    Number.isFinite(x) && !(x < Math.fround(low) - slack) && !(x > Math.fround(high) + slack),
});

export const probability: Domain = closedInterval(0, 1, SLACK);

/** Shares that sum to one, some of which may be 0. */
export const closedSimplex: Domain = {
  words: 'shares that sum to 1',
  cure: SHARES_CURE,
  rank: 1,
  entry: (x) => x >= -SLACK && x <= 1 + SLACK,
  together: sumsToOne,
};

/** Numbers of at least 0 along the last axis that are not all 0. */
export const weights: Domain = {
  words: 'nonnegative and not all 0',
  cure: SHARES_CURE,
  rank: 1,
  entry: (x) => x >= 0 && x < Infinity,
  together: (entries) => {
    const value = sumOf(entries);
    return value > 0 ? undefined : { value, of: 'a sum of' };
  },
};

/** Logarithms of such numbers: −∞ is one. */
export const logWeights: Domain = {
  words: 'below Infinity and not all -Infinity',
  cure: 'look at what they are computed from',
  rank: 1,
  entry: (x) => x < Infinity,
  together: (entries) => {
    const value = Math.max(...entries);
    return value > -Infinity ? undefined : { value, of: 'a largest number of' };
  },
};

const indexAt = (shape: readonly number[], flat: number): readonly number[] =>
  shape.map((n, i) => Math.floor(flat / sizeOf(shape.slice(i + 1))) % n);

/**
 * The elements outside a domain, of numbers laid out row-major. Only those count for which `counts` holds,
 * which is asked by the flat position of an element's first number.
 */
export function* outsideOf(
  values: ArrayLike<number>,
  shape: Shape,
  { rank, entry, together }: Domain,
  counts: (flat: number) => boolean = () => true,
): Generator<Outside, void> {
  const width = sizeOf(takeLast(shape, rank));
  const columns = takeLast(shape, 1)[0] ?? 1;
  for (let from = 0; from < values.length; from += width) {
    if (!counts(from)) continue;
    for (let i = 0; i < width; i += 1) {
      const value = values[from + i] ?? Number.NaN;
      if (entry(value, Math.floor(i / columns), i % columns)) continue;
      yield { value, index: indexAt(shape, from + i) };
    }
    if (together === undefined) continue;
    const wrong = together(Array.from({ length: width }, (_, i) => values[from + i] ?? Number.NaN));
    if (wrong) yield { ...wrong, index: indexAt(dropLast(shape, rank), from / width) };
  }
}

/** The first of them. */
export const firstOutside = (...asked: Parameters<typeof outsideOf>): Outside | undefined => {
  const [first] = outsideOf(...asked);
  return first;
};

/** Prints what is wrong: `1.5 at [3]`. */
export const showOutside = ({ value, of, index }: Outside): string =>
  (of === undefined ? '' : `${of} `) +
  `${Number.isFinite(value) ? Number(value.toPrecision(7)) : value}` +
  (index.length === 0 ? '' : ` at [${index.join(', ')}]`);

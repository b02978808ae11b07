/**
 * Laws of the inclusion of supports, and that its two forms, the function and the type, agree.
 */
import * as fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { positive, real, simplex, unitInterval } from 'marginalia';
import {
  type IsWithin,
  type Support,
  arrayOf,
  boolean,
  circle,
  corrCholesky,
  countVectors,
  greaterThan,
  integers,
  interval,
  isWithin,
  lessThan,
  lowerCholesky,
  nonnegative,
  nonnegativeInteger,
  oneHot,
  positiveInteger,
  orderedVector,
  positiveOrderedVector,
} from 'marginalia/distributions';
import type { ScalarSupport } from '../../../dsl/supports/support.js';
import { type Integers, isIntegers } from '../../../dsl/supports/integers.js';
import { type Interval, isInterval } from '../../../dsl/supports/interval.js';

/** Few bounds, so that generated supports often meet. */
const bounds = fc
  .tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -3, max: 3 }))
  .map(([l, h]): readonly [number, number] => [Math.min(l, h), Math.max(l, h)]);

const scalars: fc.Arbitrary<ScalarSupport> = fc.oneof(
  fc.constantFrom(real, positive, nonnegative),
  bounds.map(([low, high]) => interval(low, high + 1)),
  bounds.map(([low]) => greaterThan(low)),
  bounds.map(([low, high]) => integers(low, high)),
);

const supports: fc.Arbitrary<Support> = fc.oneof(
  { weight: 3, arbitrary: scalars },
  {
    weight: 2,
    arbitrary: fc
      .tuple(scalars, fc.integer({ min: 1, max: 2 }))
      .map(([base, rank]) => arrayOf(base, rank)),
  },
  fc.constantFrom(
    simplex,
    oneHot,
    lowerCholesky,
    corrCholesky,
    orderedVector,
    positiveOrderedVector,
    countVectors(2),
  ),
);

/** Supports that have nothing to do with each other are thrown away, and most are. */
const often = { numRuns: 200, maxSkipsPerRun: 1000 };

const quarters = Array.from({ length: 41 }, (_, i) => -5 + i / 4);

const holds = (support: ScalarSupport, n: number): boolean => {
  if (isInterval(support)) return support.low < n && n < support.high;
  if (isIntegers(support)) return Number.isInteger(n) && support.low <= n && n <= support.high;
  return support === real || n > 0 || (n === 0 && support === nonnegative);
};

/** Angles, as a set of a user's own. */
const angles: ScalarSupport<'angles'> = {
  ...interval(-Math.PI, Math.PI),
  kind: 'angles',
  name: 'angles',
  isWithin: ({ kind }) => kind === 'angles' || kind === 'real',
  covers: (inner) => isInterval(inner) && inner.low >= -Math.PI && inner.high <= Math.PI,
};

describe('inclusion', () => {
  it('is reflexive', () => {
    fc.assert(fc.property(supports, (s) => isWithin(s, s)));
  });

  it('is transitive', () => {
    fc.assert(
      fc.property(supports, supports, supports, (inner, middle, outer) => {
        fc.pre(isWithin(inner, middle) && isWithin(middle, outer));
        return isWithin(inner, outer);
      }),
      often,
    );
  });

  it('is antisymmetric', () => {
    fc.assert(
      fc.property(supports, supports, (inner, outer) => {
        fc.pre(isWithin(inner, outer) && isWithin(outer, inner));
        expect(inner.name).toBe(outer.name);
      }),
      often,
    );
  });

  it('of numbers is that of their sets, where the measure is the same', () => {
    fc.assert(
      fc.property(scalars, scalars, (inner, outer) => {
        const sameMeasure = (inner.kind === 'integers') === (outer.kind === 'integers');
        const contained = quarters.every((n) => !holds(inner, n) || holds(outer, n));
        expect(isWithin(inner, outer)).toBe(sameMeasure && contained);
      }),
      { numRuns: 1000 },
    );
  });

  it('of arrays is that of their entries, at the same rank', () => {
    const ranks = fc.integer({ min: 1, max: 3 });
    fc.assert(
      fc.property(scalars, scalars, ranks, ranks, (inner, outer, m, n) => {
        expect(isWithin(arrayOf(inner, m), arrayOf(outer, n))).toBe(
          m === n && isWithin(inner, outer),
        );
        expect(isWithin(arrayOf(inner, m), outer)).toBe(false);
        expect(isWithin(inner, arrayOf(outer, n))).toBe(false);
      }),
    );
  });

  it('of a set of your own is asked of what lies within, then of what is around it', () => {
    expect(isWithin(angles, angles)).toBe(true);
    expect(isWithin(angles, real)).toBe(true);
    expect(isWithin(angles, positive)).toBe(false);
    expect(isWithin(interval(0, 1), angles)).toBe(true);
    expect(isWithin(interval(0, 4), angles)).toBe(false);
    expect(isWithin(arrayOf(interval(0, 1)), arrayOf(angles))).toBe(true);
    expect(isWithin(arrayOf(angles), arrayOf(positive))).toBe(false);
  });

  it('of the circle holds in itself alone, and of intervals in it', () => {
    expect(isWithin(circle, circle)).toBe(true);
    expect(isWithin(circle, real)).toBe(false);
    expect(isWithin(circle, interval(-4, 4))).toBe(false);
    expect(isWithin(interval(-Math.PI, Math.PI), circle)).toBe(true);
    expect(isWithin(interval(-4, 4), circle)).toBe(false);
    expectTypeOf<IsWithin<typeof circle, typeof real>>().toEqualTypeOf<false>();
    expectTypeOf<IsWithin<typeof circle, typeof circle>>().toEqualTypeOf<true>();
    expectTypeOf<IsWithin<Interval<-1, 1>, typeof circle>>().toEqualTypeOf<boolean>();
  });

  it('of half lines and of integers from a bound up is that of their bounds', () => {
    expect(isWithin(greaterThan(2), greaterThan(1))).toBe(true);
    expect(isWithin(lessThan(2), lessThan(1))).toBe(false);
    expect(isWithin(greaterThan(0), positive)).toBe(true);
    expect(isWithin(positive, greaterThan(0))).toBe(true);
    expect(greaterThan(0).name).toBe(positive.name);
    expect(isWithin(nonnegative, greaterThan(0))).toBe(false);
    expect(isWithin(nonnegative, greaterThan(-1))).toBe(true);
    expect(isWithin(positive, interval(-1, 9))).toBe(false);
    expectTypeOf<IsWithin<typeof positive, Interval<0, number>>>().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<typeof positive, Interval<2, number>>>().toEqualTypeOf<false>();
    expectTypeOf<IsWithin<typeof nonnegative, Interval<-1, number>>>().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<typeof positive, Interval<0, 2>>>().toEqualTypeOf<false>();
    expect(isWithin(positiveInteger, nonnegativeInteger)).toBe(true);
    expect([greaterThan(2).words, lessThan(2).words]).toEqual(['above 2', 'below 2']);
  });

  it('of a bound that is not known holds only in what is unbounded', () => {
    const unknown = interval(Number.NaN, 1);
    expect(isWithin(unknown, unknown)).toBe(false);
    expect(isWithin(unknown, positive)).toBe(false);
    expect(isWithin(interval(0, 1), unknown)).toBe(false);
    expect(isWithin(unknown, real)).toBe(true);
  });
});

/** One support of every kind, with bounds that the compiler knows and bounds that it does not. */
const kinds = {
  real,
  positive,
  nonnegative,
  interval: unitInterval,
  someInterval: interval<number, number>(0, 2),
  halfLine: greaterThan(0),
  integers: boolean,
  someIntegers: integers<0, number>(0, 2),
  counts: countVectors(3),
  someCounts: countVectors<number>(3),
  simplex,
  oneHot,
  lowerCholesky,
  reals: arrayOf(real),
  positives: arrayOf(positive),
  intervals: arrayOf(unitInterval),
  bits: arrayOf(boolean, 2),
} as const;

type Kinds = typeof kinds;
type Kind = keyof Kinds;

const order = [
  'real',
  'positive',
  'nonnegative',
  'interval',
  'someInterval',
  'halfLine',
  'integers',
  'someIntegers',
  'simplex',
  'oneHot',
  'lowerCholesky',
  'reals',
  'positives',
  'intervals',
  'bits',
  'counts',
  'someCounts',
] as const satisfies readonly Kind[];

/** What the types say of a row: an entry that contradicts them is an error of the compiler. */
type Row<I extends Kind, Order extends readonly Kind[]> = {
  readonly [O in keyof Order]: IsWithin<Kinds[I], Kinds[Order[O]]>;
};

const [T, F] = [true, false] as const;

/** Whether the row's kind lies within the column's, in `order`. */
const table: { readonly [I in Kind]: Row<I, typeof order> } = {
  real: [T, F, F, F, F, F, F, F, F, F, F, F, F, F, F, F, F],
  positive: [T, T, T, F, F, T, F, F, F, F, F, F, F, F, F, F, F],
  nonnegative: [T, F, T, F, F, F, F, F, F, F, F, F, F, F, F, F, F],
  interval: [T, T, T, T, T, T, F, F, F, F, F, F, F, F, F, F, F],
  someInterval: [T, T, T, F, T, T, F, F, F, F, F, F, F, F, F, F, F],
  halfLine: [T, T, T, F, F, T, F, F, F, F, F, F, F, F, F, F, F],
  integers: [F, F, F, F, F, F, T, T, F, F, F, F, F, F, F, F, F],
  someIntegers: [F, F, F, F, F, F, F, T, F, F, F, F, F, F, F, F, F],
  simplex: [F, F, F, F, F, F, F, F, T, F, F, F, F, F, F, F, F],
  oneHot: [F, F, F, F, F, F, F, F, F, T, F, F, F, F, F, F, F],
  lowerCholesky: [F, F, F, F, F, F, F, F, F, F, T, F, F, F, F, F, F],
  reals: [F, F, F, F, F, F, F, F, F, F, F, T, F, F, F, F, F],
  positives: [F, F, F, F, F, F, F, F, F, F, F, T, T, F, F, F, F],
  intervals: [F, F, F, F, F, F, F, F, F, F, F, T, T, T, F, F, F],
  bits: [F, F, F, F, F, F, F, F, F, F, F, F, F, F, T, F, F],
  counts: [F, F, F, F, F, F, F, F, F, F, F, F, F, F, F, T, T],
  someCounts: [F, F, F, F, F, F, F, F, F, F, F, F, F, F, F, T, T],
};

/** The pairs of which the types say nothing. */
type Undecided = {
  [I in Kind]: {
    [O in Kind]: boolean extends IsWithin<Kinds[I], Kinds[O]> ? `${I} in ${O}` : never;
  }[Kind];
}[Kind];

describe('inclusion as a type', () => {
  it.each(order)('agrees with the function on %s in every kind', (inner) => {
    expect(order.map((outer) => isWithin(kinds[inner], kinds[outer]))).toEqual(table[inner]);
  });

  it('is silent only on bounds and ranks', () => {
    expectTypeOf<Undecided>().toEqualTypeOf<
      | `${'interval' | 'someInterval' | 'halfLine'} in ${'positive' | 'nonnegative' | 'someInterval' | 'halfLine'}`
      | `${'someInterval' | 'halfLine'} in interval`
      | `${'positive' | 'nonnegative'} in ${'someInterval' | 'halfLine'}`
      | 'integers in someIntegers'
      | `someIntegers in ${'integers' | 'someIntegers'}`
      | `${'reals' | 'positives' | 'intervals'} in reals`
      | `${'positives' | 'intervals'} in positives`
      | 'intervals in intervals'
      | 'bits in bits'
      | 'counts in someCounts'
      | `someCounts in ${'counts' | 'someCounts'}`
    >();
  });

  it('is silent on supports that are unknown, and on either of two', () => {
    expectTypeOf<IsWithin<Support, Interval>>().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<Kinds['simplex'], Support>>().toEqualTypeOf<boolean>();
    expectTypeOf<
      IsWithin<Kinds['real' | 'positive'], Kinds['positive']>
    >().toEqualTypeOf<boolean>();
    expectTypeOf<
      IsWithin<Kinds['positive'], Kinds['real' | 'interval']>
    >().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<Integers, Kinds['real' | 'simplex' | 'reals']>>().toEqualTypeOf<false>();
    expectTypeOf<IsWithin<ScalarSupport, Kinds['simplex']>>().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<typeof angles, Kinds['positive']>>().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<Kinds['interval'], typeof angles>>().toEqualTypeOf<boolean>();
  });
});

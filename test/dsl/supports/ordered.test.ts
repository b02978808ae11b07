/** Ordered vectors and correlation factors as sets: what lies in them, what is refused, and who includes whom. */
import { key, param, positive, program, real, simulate } from 'marginalia';
import {
  type IsWithin,
  type OrderedVector,
  type PositiveOrderedVector,
  type Support,
  arrayOf,
  corrCholesky,
  isWithin,
  lowerCholesky,
  orderedVector,
  positiveOrderedVector,
  realVector,
} from 'marginalia/distributions';
import type { ArrayOf, Positive, Real } from 'marginalia/distributions';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { firstOutside } from '../../../dsl/checks/domain.js';

const holds = (set: Support, shape: readonly number[], values: readonly number[]): boolean =>
  firstOutside(values, shape, set) === undefined;

describe('ordered vectors', () => {
  it('rise, and their closure may stand still', () => {
    expect(holds(orderedVector, [3], [-1, 0, 2])).toBe(true);
    expect(holds(orderedVector, [3], [-1, -1, 2])).toBe(false);
    expect(holds({ ...orderedVector, ...orderedVector.closure }, [3], [-1, -1, 2])).toBe(true);
    expect(holds({ ...orderedVector, ...orderedVector.closure }, [3], [-1, -1.5, 2])).toBe(false);
    expect(holds(positiveOrderedVector, [2], [-1, 2])).toBe(false);
    expect(holds(positiveOrderedVector, [2, 2], [1, 2, 0.5, 0.75])).toBe(true);
    expect(positiveOrderedVector.room?.([0.5, 2, 2.25])).toBe(0.25);
  });

  it('are vectors of numbers, positive ones of positive numbers', () => {
    expect(isWithin(orderedVector, realVector)).toBe(true);
    expect(isWithin(positiveOrderedVector, orderedVector)).toBe(true);
    expect(isWithin(positiveOrderedVector, arrayOf(positive, 1))).toBe(true);
    expect(isWithin(orderedVector, arrayOf(positive, 1))).toBe(false);
    expect(isWithin(orderedVector, arrayOf(real, 2))).toBe(false);
    expect(isWithin(orderedVector, positiveOrderedVector)).toBe(false);
    expectTypeOf<IsWithin<OrderedVector, ArrayOf<Positive>>>().toEqualTypeOf<false>();
    expectTypeOf<IsWithin<OrderedVector, ArrayOf<Real>>>().toEqualTypeOf<boolean>();
    expectTypeOf<IsWithin<PositiveOrderedVector, OrderedVector>>().toEqualTypeOf<true>();
    expectTypeOf<IsWithin<OrderedVector, PositiveOrderedVector>>().toEqualTypeOf<false>();
  });

  it('are told apart where a parameter starts in none', () => {
    const model = program(function* () {
      yield* param('cuts', [1, 0, 2], { support: orderedVector });
    });
    expect(() => simulate(model, { key: key(0) })).toThrow(
      /is in ascending order, .* but got a step of -1/,
    );
  });
});

describe('factors of correlations', () => {
  it('have rows of length 1, and are no covariance factors, whose densities are over more', () => {
    expect(holds(corrCholesky, [2, 2], [1, 0, 0.6, 0.8])).toBe(true);
    expect(holds(corrCholesky, [2, 2], [1, 0, 0.6, 0.9])).toBe(false);
    expect(holds(corrCholesky, [2, 2], [1, 0, -0.6, -0.8])).toBe(false);
    expect(holds(corrCholesky, [2, 2], [1, 0.1, 0.6, 0.8])).toBe(false);
    expect(isWithin(corrCholesky, lowerCholesky)).toBe(false);
    expect(corrCholesky.free?.(9)).toEqual([3, 6, 7]);
  });
});

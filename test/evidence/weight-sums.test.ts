/** Sums that are moved to a new peak are the sums from the start, each to its own power. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  effectiveSamples,
  logMeanWeight,
  logPowerMeanWeight,
  runningWeightSums,
  weightedLogWeight,
} from '../../src/evidence/weight-sums.js';

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

const close = (found: number | undefined, exact: number): void =>
  expect(Math.abs((found ?? Number.NaN) - exact)).toBeLessThan(1e-12 * (1 + Math.abs(exact)));

/** Weights a few nats apart, so that no sum is that of the largest alone. */
const weights = fc.array(
  fc.integer({ min: -24, max: 24 }).map((n) => n / 8),
  {
    minLength: 2,
    maxLength: 12,
  },
);
const order = fc.constantFrom(1.5, 2, 3);

describe('sums over weights', () => {
  it('are those relative to the largest, in whatever order weights come', () => {
    fc.assert(
      fc.property(weights, weights, order, (left, right, n) => {
        const size = Math.min(left.length, right.length);
        const columns = [left.slice(0, size), right.slice(0, size)];
        const running = runningWeightSums(2, n);
        for (let i = 0; i < size; i += 1) {
          columns.forEach((column, j) => running.add(j, column[i] ?? Number.NaN));
          running.counted();
        }
        const found = running.sums();
        expect(found.count).toBe(size);
        columns.forEach((column, j) => {
          const peak = Math.max(...column);
          const terms = column.map((w) => ({ r: Math.exp(w - peak), d: w - peak }));
          expect(found.peak[j]).toBe(peak);
          close(found.first[j], sum(terms.map(({ r }) => r)));
          close(found.second[j], sum(terms.map(({ r }) => r ** 2)));
          close(found.firstLog[j], sum(terms.map(({ r, d }) => r * d)));
          close(found.secondLog[j], sum(terms.map(({ r, d }) => r ** 2 * d)));
          close(found.secondLogSquared[j], sum(terms.map(({ r, d }) => r ** 2 * d ** 2)));
          close(found.power[j], sum(terms.map(({ d }) => Math.exp(n * d))));
          close(found.powerSquared[j], sum(terms.map(({ d }) => Math.exp(2 * n * d))));
        });
      }),
      { seed: 3 },
    );
  });

  it('give estimates and errors that a constant factor of all weights only moves', () => {
    fc.assert(
      fc.property(weights, order, fc.integer({ min: -600, max: 600 }), (column, n, by) => {
        const found = [0, by].map((shift) => {
          const running = runningWeightSums(1, n);
          column.forEach((w) => (running.add(0, w + shift), running.counted()));
          return running.sums();
        });
        const [at0, moved] = found;
        if (at0 === undefined || moved === undefined) throw new Error('two sums');
        const pairs = [
          [logMeanWeight(at0), logMeanWeight(moved)],
          [weightedLogWeight(at0), weightedLogWeight(moved)],
          [logPowerMeanWeight(at0, n), logPowerMeanWeight(moved, n)],
        ] as const;
        pairs.forEach(([a, b]) => {
          expect((b.values[0] ?? 0) - by).toBeCloseTo(a.values[0] ?? NaN, 9);
          expect(b.standardErrors[0]).toBeCloseTo(a.standardErrors[0] ?? NaN, 6);
        });
        expect(effectiveSamples(moved)[0]).toBeCloseTo(effectiveSamples(at0)[0] ?? NaN, 9);
      }),
      { seed: 4 },
    );
  });

  it('have the errors of two equal and one smaller weight', () => {
    // w = 1, 1, ½: mean 5/6, Σ r² / (Σ r)² − 1/3 = 2.25/6.25 − 1/3.
    const running = runningWeightSums(1, 2);
    [Math.log(0.5), 0, 0].forEach((w) => (running.add(0, w), running.counted()));
    const s = running.sums();
    close(logMeanWeight(s).values[0], Math.log(5 / 6));
    expect(logMeanWeight(s).standardErrors[0]).toBeCloseTo(Math.sqrt(2.25 / 6.25 - 1 / 3), 12);
    close(effectiveSamples(s)[0], 6.25 / 2.25);
    // Shares 0.4, 0.4 and 0.2 of log weights 0, 0 and −log 2.
    const mean = -0.2 * Math.LN2;
    close(weightedLogWeight(s).values[0], mean);
    const spread = 2 * (0.4 * mean) ** 2 + (0.2 * (Math.LN2 + mean)) ** 2;
    expect(weightedLogWeight(s).standardErrors[0]).toBeCloseTo(Math.sqrt(spread), 12);
    // Squares 1, 1, ¼, and their squares 1, 1, 1/16.
    const { values, standardErrors } = logPowerMeanWeight(s, 2);
    close(values[0], Math.log(0.75) / 2);
    expect(standardErrors[0]).toBeCloseTo(Math.sqrt(2.0625 / 2.25 ** 2 - 1 / 3) / 2, 12);
  });
});

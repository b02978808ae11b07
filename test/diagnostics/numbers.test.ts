/** Diagnostics of numbers by hand: autocorrelation, drift, halves, tests and summaries. */
import { describe, expect, it } from 'vitest';
import { autocorrelationTime } from '../../src/diagnostics/autocorrelation.js';
import { convergence } from '../../src/diagnostics/convergence.js';
import { summariseGradients } from '../../src/diagnostics/gradient-report/summary.js';
import { uniformityTest } from '../../src/diagnostics/rank-tests.js';

describe('the time of autocorrelation', () => {
  it('ends where a pair of autocovariances, each over all n, is not positive', () => {
    // γ = 2, 0.8, −0.2, −0.8: the first pair is 1.4 of the variance.
    expect(autocorrelationTime([2, 1, 0, -1, -2])).toBeCloseTo(2 * 1.4 - 1, 12);
  });

  it('takes no pair for larger than one before it', () => {
    // Pairs of 34/32, 1/32 and 4/32 of the variance, then one below 0: the third counts as the second.
    const xs = [-3, -2, 0, 1, 0, -2, 3, 0, 2, 1];
    expect(autocorrelationTime(xs)).toBeCloseTo((2 * (34 + 1 + 1)) / 32 - 1, 12);
  });
});

describe('a drift', () => {
  it('is that of the losses, not of the blocks that a long window is averaged in', () => {
    const losses = Array.from({ length: 4000 }, (_, i) => 5 - i / 10);
    expect(convergence(losses, { window: 2000 }).drift).toBeCloseTo(-200, 6);
  });

  it('leaves out the oldest losses that fill no block, and the newest never', () => {
    const zeros = Array.from({ length: 1001 }, () => 0);
    const [newest, oldest] = [zeros.with(1000, 1000), zeros.with(0, 1000)];
    expect(convergence(newest, { window: 1001 }).drift).toBeGreaterThan(1);
    expect(convergence(oldest, { window: 1001 }).drift).toBe(0);
  });

  it('of 0 may be asked for', () => {
    const losses = Array.from({ length: 40 }, (_, i) => i % 2);
    expect(convergence(losses, { tolerance: 0 }).tolerance).toBe(0);
  });
});

describe('R̂ of halves', () => {
  it('compares the one with the other', () => {
    // Halves 0, 2, … and 4, 6, …, ten each: within 10/9, between their means 1 and 5 8.
    const losses = Array.from({ length: 20 }, (_, i) => (i < 10 ? 0 : 4) + 2 * (i % 2));
    const expected = Math.sqrt(9 / 10 + 8 / (10 / 9));
    expect(convergence(losses, { window: 20 }).rHat).toBeCloseTo(expected, 12);
  });
});

describe('the test of uniformity', () => {
  it('sees numbers that are too large as it sees those that are too small', () => {
    expect(uniformityTest([0.6, 0.8, 0.9]).statistic).toBeCloseTo(0.6, 12);
    expect(uniformityTest([0.1, 0.2, 0.4]).statistic).toBeCloseTo(0.6, 12);
  });

  it('has the p-value of its source for few numbers', () => {
    // x = (√9 + 0.12 + 0.11/√9) D with D = 0.5.
    const x = (3 + 0.12 + 0.11 / 3) * 0.5;
    const exceeds = 2 * (Math.exp(-2 * x * x) - Math.exp(-8 * x * x) + Math.exp(-18 * x * x));
    const nine = Array.from({ length: 9 }, (_, i) => 0.5 + (0.5 * (i + 0.5)) / 9);
    expect(uniformityTest(nine).statistic).toBeCloseTo(0.5 + 0.5 / 18, 12);
    const half = nine.map((u, i) => (i === 0 ? 0.5 : Math.max(u, 0.5)));
    expect(uniformityTest(half).statistic).toBeCloseTo(0.5, 12);
    expect(uniformityTest(half).pValue).toBeCloseTo(exceeds, 9);
  });
});

describe('a summary of gradients', () => {
  it('compares each draw with the exact one of the same noise, and has n − 1 in its variance', () => {
    const draws = [[1], [3]].map((g) => Float64Array.from(g));
    const exact = [[0], [2]].map((g) => Float64Array.from(g));
    expect(summariseGradients(draws, exact)).toEqual({
      bias: 1,
      biasError: 0,
      variance: 2,
      signalToNoise: 2 / Math.sqrt(2),
    });
  });
});

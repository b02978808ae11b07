/** Smoothed weights are the quantiles of the tail's law at (rank − ½) / length, above its cutoff. */
import { describe, expect, it } from 'vitest';
import { fitGeneralizedPareto, paretoQuantile } from '../../src/evidence/generalized-pareto.js';
import { paretoThreshold, psis, tailLength } from '../../src/evidence/psis.js';
import { key, randomNormal } from '../../src/random/index.js';

const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** The smoothing of the paper, in ratios and not in logarithms. */
const smoothed = (logWeights: readonly number[]) => {
  const peak = Math.max(...logWeights);
  const ratios = logWeights.map((w) => Math.exp(w - peak)).toSorted((a, b) => a - b);
  const length = Math.ceil(Math.min(ratios.length / 5, 3 * Math.sqrt(ratios.length)));
  const cutoff = ratios.at(-length - 1) ?? Number.NaN;
  const tail = ratios.slice(-length);
  const law = fitGeneralizedPareto(tail.map((r) => r - cutoff));
  const k = (length * law.shape + 5) / (length + 10);
  // F(x) = 1 − (1 + k x / σ)^(−1/k).
  const quantile = (p: number): number => (law.scale * ((1 - p) ** -k - 1)) / k;
  const replaced = tail.map((_, i) => Math.min(1, cutoff + quantile((i + 0.5) / length)));
  const all = [...ratios.slice(0, -length), ...replaced];
  const shares = all.map((r) => r / total(all));
  return { shares, k, logMean: peak + Math.log(total(all) / all.length) };
};

describe('smoothing', () => {
  it.each([
    [40, 0.8],
    [500, 0.5],
    [1000, 0.9],
  ])('%i weights of a guide with scale %f gives the shares of the paper', (count, scale) => {
    const raw = Array.from(
      randomNormal(key(count), count),
      (e) => 0.5 * e ** 2 * (1 - scale ** 2) - 3,
    );
    const found = psis(raw);
    const exact = smoothed(raw);
    expect(found.paretoK).toBeCloseTo(exact.k, 9);
    expect(found.logMean).toBeCloseTo(exact.logMean, 9);
    const shares = Array.from(found.logWeights.toSorted(), Math.exp);
    shares.forEach((share, i) => expect(share).toBeCloseTo(exact.shares[i] ?? NaN, 9));
    expect(found.effectiveSampleSize).toBeCloseTo(1 / total(exact.shares.map((s) => s * s)), 6);
  });

  it('changes weights that are the quantiles of a law as little as its fit is off', () => {
    // 400 weights whose largest 60 are a cutoff of 1 and quantiles of a law of shape ½: the prior of
    // the shape, ½, leaves it, and a rank that is half a place off moves the largest by a third.
    const length = tailLength(400);
    const law = { shape: 0.5, scale: 0.4 };
    const tail = Array.from({ length }, (_, i) => 1 + paretoQuantile(law, (i + 0.5) / length));
    const body = Array.from({ length: 400 - length }, (_, i) => (i + 1) / (400 - length));
    const raw = [...body, ...tail].map(Math.log);
    const { logWeights, paretoK } = psis(raw);
    expect(Math.abs(paretoK - 0.5)).toBeLessThan(0.05);
    const moved = logWeights.map((w, i) => w - (raw[i] ?? 0));
    const spread = Math.max(...moved) - Math.min(...moved);
    expect(spread).toBeLessThan(0.08);
  });

  it('takes min(S/5, 3√S) weights, rounded up, and trusts them up to min(1 − 1/log₁₀ S, 0.7)', () => {
    expect([1, 5, 6, 100, 225, 226, 10_000].map(tailLength)).toEqual([1, 1, 2, 20, 45, 46, 300]);
    expect(paretoThreshold(100)).toBeCloseTo(0.5, 12);
    expect(paretoThreshold(1000)).toBeCloseTo(2 / 3, 12);
    expect(paretoThreshold(2155)).toBeCloseTo(0.7, 4);
    expect(paretoThreshold(1e5)).toBe(0.7);
  });
});

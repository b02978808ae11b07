/** A normal law between two bounds against quadrature in double precision, in both tails and for close bounds. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { truncatedNormal } from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { truncatedQuantile } from '../../../dsl/numerics/double/normal.js';
import { logNormalMass, truncatedNormalQuantile } from '../../../dsl/numerics/truncated-normal.js';
import { overUnit } from './quadrature-in-double.js';

/** log ∫ φ from a to b, beside the density at the end that is nearer to 0. */
const logMass = (a: number, b: number): number => {
  const [low, high] = [Math.max(a, Math.min(b, 0) - 12), Math.min(b, Math.max(a, 0) + 12)];
  const peak = low > 0 ? low : high < 0 ? high : 0;
  const scaled = overUnit((t, rest) => {
    const x = low * rest + high * t;
    return Math.exp(((peak - x) * (peak + x)) / 2);
  });
  return -(peak * peak) / 2 - 0.5 * Math.log(2 * Math.PI) + Math.log((high - low) * scaled);
};

const BOUNDS: readonly (readonly [number, number])[] = [
  ...[-30, -8, -2, -0.5, 0, 0.7, 3, 12, 40].flatMap((a) =>
    [1e-3, 0.05, 0.4, 1, 5, 60].map((w) => [a, Math.fround(a + w)] as const),
  ),
  [-Infinity, -3],
  [2, Infinity],
  [-Infinity, Infinity],
];
const lows = tf.tensor1d(BOUNDS.map(([a]) => a));
const highs = tf.tensor1d(BOUNDS.map(([, b]) => b));

describe('what lies between two bounds', () => {
  it('is the integral', () => {
    const found = logNormalMass(lows, highs).dataSync();
    BOUNDS.forEach(([a, b], i) => {
      const exact = logMass(a, b);
      const gap = Math.abs((found[i] ?? NaN) - exact);
      // Beside what is added up, squares of bounds.
      expect(gap, `${a} to ${b}`).toBeLessThan(2e-6 * (1 + Math.abs(exact)));
    });
  });

  it('has the densities at its bounds, over itself, as slopes', () => {
    const byHigh = grad((b: Tensor) => tf.sum(logNormalMass(lows, b)))(highs).dataSync();
    BOUNDS.forEach(([a, b], i) => {
      const exact =
        b === Infinity ? 0 : Math.exp(-(b * b) / 2 - 0.5 * Math.log(2 * Math.PI) - logMass(a, b));
      const slack = 1e-4 * exact + 1e-6;
      expect(Math.abs((byHigh[i] ?? NaN) - exact), `${a} to ${b}`).toBeLessThan(slack);
    });
  });
});

describe('a quantile', () => {
  const shares = [1e-6, 0.01, 0.3, 0.5, 0.9, 0.999];
  it('has its share below it, in double precision', () => {
    for (const [a, b] of BOUNDS) {
      for (const u of shares) {
        const t = truncatedQuantile(u, a, b);
        expect(t).toBeGreaterThanOrEqual(a);
        expect(t).toBeLessThanOrEqual(b);
        expect(Math.exp(logMass(a, t) - logMass(a, b)) / u, `${u} of ${a} to ${b}`).toBeCloseTo(
          1,
          4,
        );
      }
    }
  });

  it('is at the bounds for shares of 0 and 1, and no number outside', () => {
    const quantiles = [0, 1, -0.1, 1.1].map((u) => truncatedQuantile(u, -1, 2));
    expect(quantiles).toEqual([-1, 2, NaN, NaN]);
    expect(truncatedQuantile(0.5, 2, 1)).toBeNaN();
  });

  it('moves with its bounds as the implicit function theorem says', () => {
    const [u, h] = [0.3, 1e-5];
    for (const [a, b] of [
      [-1, 2],
      [20, 21],
      [-9, -8],
    ] as const) {
      const [byLow, byHigh] = tf
        .grads((low: Tensor, high: Tensor) => truncatedNormalQuantile(tf.scalar(u), low, high))([
          tf.scalar(a),
          tf.scalar(b),
        ])
        .map((x) => x.dataSync()[0] ?? NaN);
      const low = (truncatedQuantile(u, a + h, b) - truncatedQuantile(u, a - h, b)) / (2 * h);
      const high = (truncatedQuantile(u, a, b + h) - truncatedQuantile(u, a, b - h)) / (2 * h);
      expect(Math.abs((byLow ?? NaN) - low)).toBeLessThan(1e-4);
      expect(Math.abs((byHigh ?? NaN) - high)).toBeLessThan(1e-4);
    }
  });
});

describe('a truncated normal law', () => {
  it('draws far out in a tail, between its bounds', () => {
    const d = truncatedNormal(0, 1, 20, Infinity);
    const u = tf.tensor1d(Array.from({ length: 999 }, (_, i) => (i + 1) / 1000));
    const z = Array.from(d.sampler.draw([u]).value.dataSync());
    expect(Math.min(...z)).toBeGreaterThanOrEqual(20);
    // The excess is nearly exponential, with a mean of about 1 / 20.
    expect(z.reduce((a, b) => a + b, 0) / z.length - 20).toBeCloseTo(0.0497, 3);
  });

  it('has finite gradients where a bound is infinite', () => {
    const at = (loc: Tensor, scale: Tensor): Tensor =>
      truncatedNormal(loc, scale, -Infinity, 1).logProb(tf.scalar(0.5));
    const slopes = tf
      .grads(at)([tf.scalar(0), tf.scalar(2)])
      .map((x) => x.dataSync()[0]);
    expect(slopes.every(Number.isFinite)).toBe(true);
  });

  it('ends at its bounds, in density and share', () => {
    const d = truncatedNormal(0, 1, -1, 2);
    const z = tf.tensor1d([-1.1, -1, 2, 2.1]);
    const logs = Array.from(d.logProb(z).dataSync());
    expect([logs[0], logs[3]]).toEqual([-Infinity, -Infinity]);
    expect(logs.slice(1, 3).every(Number.isFinite)).toBe(true);
    expect(Array.from(d.cdf?.(z).dataSync() ?? [])).toEqual([0, 0, 1, 1]);
  });

  it('of bounds the wrong way round is refused', () => {
    expect(() => truncatedNormal(0, 1, 2, 1)).toThrow(/expected high - low to be positive/);
    expect(() => truncatedNormal(0, 1, Infinity, Infinity)).toThrow(/low to be a number below/);
  });
});

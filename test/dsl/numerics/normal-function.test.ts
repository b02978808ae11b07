/** The normal distribution function, its tails and its inverse, against quadrature in double precision. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { erf, erfc, erfinv, logDiffExp, logNdtr, ndtr, ndtri } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { erfOf, erfcOf, logNormalCdf, normalCdf, solved } from './normal-in-double.js';

const float32 = (xs: readonly number[]): readonly number[] => xs.map(Math.fround);
const evenly = (count: number, low: number, high: number): readonly number[] =>
  float32(Array.from({ length: count }, (_, i) => low + ((i + 0.37) * (high - low)) / count));
const powers = (low: number, high: number): readonly number[] =>
  float32(Array.from({ length: (high - low) * 4 }, (_, i) => 10 ** (low + i / 4)));

const values = (f: (x: Tensor) => Tensor, xs: readonly number[]): ArrayLike<number> =>
  f(tf.tensor1d([...xs])).dataSync();

/** The largest error relative to the value, of values that are normal float32 numbers. */
const worst = (
  f: (x: Tensor) => Tensor,
  exact: (x: number) => number,
  xs: readonly number[],
): number => {
  const found = values(f, xs);
  return Math.max(
    ...xs.map((x, i) => {
      const wanted = exact(x);
      if (Math.abs(wanted) < 2 ** -126) return 0;
      return Math.abs((found[i] ?? Number.NaN) - wanted) / Math.abs(wanted);
    }),
  );
};

const density = (x: number): number => Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI);
const signed = (xs: readonly number[]): readonly number[] => [...xs.map((x) => -x), ...xs];
const line = [...evenly(800, -14, 14), ...signed(powers(-30, 1))];
const slope =
  (f: (x: Tensor) => Tensor) =>
  (x: Tensor): Tensor =>
    grad((v: Tensor) => tf.sum(f(v)))(x);

describe('the relative error over all of float32 is below 1e-6, of', () => {
  it.each([
    ['ndtr', ndtr, normalCdf, line],
    ['logNdtr', logNdtr, logNormalCdf, [...line, ...powers(1, 15).map((x) => -x)]],
    ['erf', erf, erfOf, [...evenly(400, -5, 5), ...signed(powers(-30, 0))]],
    ['erfc', erfc, erfcOf, line],
    ['the slope of ndtr', slope(ndtr), density, line],
    [
      'the slope of logNdtr',
      slope(logNdtr),
      (x: number) => Math.exp(-x * x * 0.5 - logNormalCdf(x)) / Math.sqrt(2 * Math.PI),
      line,
    ],
    [
      'the slope of erf',
      slope(erf),
      (x: number) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
      line,
    ],
    [
      'the slope of erfc',
      slope(erfc),
      (x: number) => (-2 / Math.sqrt(Math.PI)) * Math.exp(-x * x),
      line,
    ],
  ] as const)('%s', (_, f, exact, xs) => {
    expect(worst(f, exact, xs)).toBeLessThan(1e-6);
  });

  const shares = [...evenly(100, 0, 1), ...powers(-37, 0), 1 - 2 ** -24];
  const quantile = (u: number): number => solved(logNormalCdf, Math.log(u), -20, 20);
  it('the quantile of the normal law, and its slope', () => {
    expect(
      worst(
        ndtri,
        quantile,
        shares.filter((u) => u < 1),
      ),
    ).toBeLessThan(1e-6);
    const middle = shares.filter((u) => u > 1e-30 && u < 1);
    // A quantile that is off by a rounding moves its density by z times that, relatively.
    expect(worst(slope(ndtri), (u) => 1 / density(quantile(u)), middle)).toBeLessThan(1e-4);
  });

  it('the inverse of the error function', () => {
    const at = [...evenly(100, -1, 1), ...signed(powers(-30, 0))];
    // Bisection tells numbers apart by their size, near 0 as well.
    const exact = (y: number): number =>
      Math.abs(y) < 1e-4
        ? (Math.sqrt(Math.PI) / 2) * (y + (Math.PI * y ** 3) / 12)
        : solved(erfOf, y, -6, 6);
    expect(
      worst(
        erfinv,
        exact,
        at.filter((y) => Math.abs(y) < 1),
      ),
    ).toBeLessThan(1e-6);
  });
});

describe('second derivatives', () => {
  it('are those of the density and of the logarithm', () => {
    const at = evenly(60, -8, 8);
    expect(worst(slope(slope(ndtr)), (x) => -x * density(x), at)).toBeLessThan(1e-6);
    const bend = (x: number): number => {
      const h = Math.exp(-x * x * 0.5 - logNormalCdf(x)) / Math.sqrt(2 * Math.PI);
      return -h * (x + h);
    };
    expect(worst(slope(slope(logNdtr)), bend, evenly(60, -4, 4))).toBeLessThan(1e-4);
  });
});

describe('at the ends', () => {
  const ends = [-Infinity, Infinity, Number.NaN];
  it('they are limits', () => {
    expect(Array.from(values(ndtr, ends))).toEqual([0, 1, NaN]);
    expect(Array.from(values(logNdtr, ends)).map((x) => x + 0)).toEqual([-Infinity, 0, NaN]);
    expect(Array.from(values(erf, ends))).toEqual([-1, 1, NaN]);
    expect(Array.from(values(erfc, ends))).toEqual([2, 0, NaN]);
    expect(Array.from(values(ndtri, [0, 1, 0.5, -0.1, 1.1]))).toEqual([
      -Infinity,
      Infinity,
      0,
      NaN,
      NaN,
    ]);
    expect(Array.from(values(erfinv, [-1, 1, 0, 1.1]))).toEqual([-Infinity, Infinity, 0, NaN]);
  });
});

describe('log of a difference of exponentials', () => {
  it('cancels neither for close numbers nor for distant ones', () => {
    const gaps = powers(-30, 3);
    const exact = (x: number): number =>
      x < 0.7 ? Math.log(-Math.expm1(-x)) : Math.log1p(-Math.exp(-x));
    expect(worst((x) => logDiffExp(tf.scalar(0), tf.neg(x)), exact, gaps)).toBeLessThan(1e-6);
    const [none, all] = [-Infinity, 5].map(
      (a) => logDiffExp(tf.scalar(a), tf.scalar(-Infinity)).dataSync()[0],
    );
    expect([none, all]).toEqual([-Infinity, 5]);
    const by = (a: number, b: number): number =>
      grad((x: Tensor) => logDiffExp(x, tf.scalar(b)))(tf.scalar(a)).dataSync()[0] ?? NaN;
    expect(by(1, 0)).toBeCloseTo(1 / (1 - Math.exp(-1)), 5);
  });
});

/** The modified Bessel functions against their integral in double precision, over what float32 holds. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { besselRatio, i0e, i1e, logI0 } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { besselRest, logI0e } from '../../../dsl/numerics/bessel-function.js';
import { besselsIn } from './bessel-in-double.js';

const PLACES = [
  1e-15, 1e-8, 1e-3, 0.1, 0.7, 1, 2.5, 4, 4.9, 4.9999, 5, 5.0001, 6, 9, 12, 20, 50, 300, 4e3, 1e6,
].map(Math.fround);
const xs = tf.tensor1d(PLACES);

const worst = (found: Tensor, exact: (x: number) => number): number => {
  const received = found.dataSync();
  return Math.max(...PLACES.map((x, i) => Math.abs((received[i] ?? Number.NaN) / exact(x) - 1)));
};

describe('the relative error is below 5e-7, of', () => {
  const table: readonly (readonly [string, (x: Tensor) => Tensor, (x: number) => number])[] = [
    ['the scaled function of order 0', i0e, (x) => besselsIn(x).zero],
    ['the scaled function of order 1', i1e, (x) => besselsIn(x).one],
    ['their ratio', besselRatio, (x) => besselsIn(x).one / besselsIn(x).zero],
    [
      'log I₀',
      logI0,
      (x) => (x < 0.01 ? x ** 2 / 4 - x ** 4 / 64 : x + Math.log(besselsIn(x).zero)),
    ],
  ];
  it.each(table)('%s', (_, f, exact) => {
    expect(worst(f(xs), exact)).toBeLessThan(5e-7);
  });

  it('nearly what the ratio leaves to 1, and log I₀ beside x', () => {
    const rest = (x: number): number => besselsIn(x).gap / besselsIn(x).zero;
    expect(worst(besselRest(xs), rest)).toBeLessThan(2e-6);
    expect(worst(logI0e(xs), (x) => Math.log(besselsIn(x).zero) || -x)).toBeLessThan(1e-6);
  });
});

describe('gradients are the formulas', () => {
  const slope = (f: (x: Tensor) => Tensor) => grad((x: Tensor) => tf.sum(f(x)))(xs);
  it('of log I₀ and of the scaled function', () => {
    expect(worst(slope(logI0), (x) => besselsIn(x).one / besselsIn(x).zero)).toBeLessThan(5e-7);
    expect(worst(slope(i0e), (x) => -besselsIn(x).gap)).toBeLessThan(2e-6);
  });

  it('of the ratio, where 1 − A / x − A² cancels', () => {
    // Its variance form: E cos² − (E cos)², by the integral.
    expect(worst(slope(besselRatio), (x) => besselsIn(x).slope)).toBeLessThan(1e-5);
    const second = grad((x: Tensor) => tf.sum(grad((y: Tensor) => tf.sum(besselRatio(y)))(x)))(xs);
    expect(second.dataSync().every(Number.isFinite)).toBe(true);
  });
});

describe('at the ends', () => {
  it('they are even or odd, and do not overflow', () => {
    const at = tf.tensor1d([0, -2, 2, -1e30, 1e30]);
    const of = (f: (x: Tensor) => Tensor): readonly number[] => [...f(at).dataSync()];
    expect(of(besselRatio)[0]).toBe(0);
    expect(of(i0e)[0]).toBe(1);
    expect(of(logI0)[0]).toBe(0);
    expect(of(besselRatio).slice(3)).toEqual([-1, 1]);
    expect(of(logI0)[3]).toBeCloseTo(of(logI0)[4] ?? Number.NaN);
    expect(of(i1e)[1]).toBe(-(of(i1e)[2] ?? Number.NaN));
    const slopes = grad((x: Tensor) => tf.sum(tf.add(logI0(x), besselRatio(x))))(at).dataSync();
    expect(slopes.every(Number.isFinite)).toBe(true);
    expect(slopes[0]).toBeCloseTo(0.5, 6);
  });
});

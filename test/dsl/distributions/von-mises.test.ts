/** The von Mises law: density, shares and divergences in double precision, draws about any angle, edges. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, bijectors, normal, transformed } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  bijectorTo,
  circle,
  interval,
  isWithin,
  klDivergence,
  vonMises,
} from 'marginalia/distributions';
import { checkClosedFormKl } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { angleAfter, shareBetweenAngles } from '../../../dsl/numerics/shares/von-mises.js';
import { besselsIn } from '../numerics/bessel-in-double.js';
import { overUnit } from '../numerics/quadrature-in-double.js';
import { type Formula, checkFormula } from './formulas.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

const logDensity = (y: number, k: number): number =>
  -2 * k * Math.sin(y / 2) ** 2 - Math.log(2 * Math.PI * besselsIn(k).zero);

/** ∫ of the density, through each peak and trough on the way. */
const share = (from: number, to: number, k: number): number => {
  const stops = [-2, -1, 0, 1, 2].map((n) => n * Math.PI).filter((s) => s > from && s < to);
  const ends = [from, ...stops, to];
  const zero = 2 * Math.PI * besselsIn(k).zero;
  return ends.slice(1).reduce((total, end, i) => {
    const start = ends[i] ?? Number.NaN;
    const part = overUnit((t) => Math.exp(-2 * k * Math.sin((start + (end - start) * t) / 2) ** 2));
    return total + ((end - start) * part) / zero;
  }, 0);
};

const formula: Formula = {
  name: 'vonMises',
  runs: 30,
  parameters: [
    [0.01, 3],
    [0.01, 300],
  ],
  make: (loc = 0, k = 1) => vonMises(loc, k),
  at: (u, m = 0, k = 1) => {
    const z = m + (8 * u - 4) / Math.sqrt(k + 1);
    return Math.atan2(Math.sin(z), Math.cos(z));
  },
  logProb: (z, m = 0, k = 1) => logDensity(z - m, k),
  entropy: (_, k = 1) => {
    const { zero, gap } = besselsIn(k);
    return Math.log(2 * Math.PI * zero) + (k * gap) / zero;
  },
};

describe('log p, entropy and shares are integrals in double precision', () => {
  it('of many concentrations', () => checkFormula(formula));

  it('of shares between any two angles, and quantiles undo them', () => {
    for (const k of [0, 0.3, 2, 40, 1e4]) {
      for (const from of [-Math.PI, -4.5, -1]) {
        const to = [0.2, 0.9, 2, 3.5, 5.8, 6.2].map((w) => Math.fround(from + w));
        const [a, b, c] = [tf.scalar(from), tf.tensor1d(to), tf.scalar(k)];
        const found = shareBetweenAngles(a, b, c).dataSync();
        to.forEach((end, i) => {
          const exact = share(Math.fround(from), end, k);
          if (exact > 1e-30) expect((found[i] ?? NaN) / exact, `${k}, ${from}`).toBeCloseTo(1, 5);
        });
        const shares = tf.tensor1d([1e-6, 0.1, 0.5, 0.97]);
        const again = shareBetweenAngles(a, angleAfter(shares, a, c), c).dataSync();
        shares.dataSync().forEach((u, i) => {
          // What float32 rounds in an angle moves the share.
          const moved = Math.sqrt(k + 1) * 1e-6;
          expect(Math.abs((again[i] ?? NaN) - u), `${k}, ${from}`).toBeLessThan(1e-6 + moved);
        });
      }
    }
  });
});

describe('gradients of a draw', () => {
  it('in the concentration are differences of quantiles', () => {
    const at = (k: Tensor): Tensor => angleAfter(tf.scalar(0.8), tf.scalar(-Math.PI), k);
    const solve = (k: number): number => {
      let [low, high] = [-Math.PI, Math.PI];
      for (let i = 0; i < 50; i += 1) {
        const middle = (low + high) / 2;
        if (share(-Math.PI, middle, k) < Math.fround(0.8)) low = middle;
        else high = middle;
      }
      return low;
    };
    for (const k of [0.5, 6]) {
      const exact = (solve(k * 1.001) - solve(k * 0.999)) / (0.002 * k);
      expect((grad(at)(tf.scalar(k)).dataSync()[0] ?? NaN) / exact).toBeCloseTo(1, 4);
    }
  });
});

describe('on the circle', () => {
  it('whole turns of the middle do nothing, and what is outside has no density', () => {
    const z = tf.tensor1d([-3.1, 0, 2.5]);
    const [here, there] = [vonMises(2, 3), vonMises(2 - 4 * Math.PI, 3)];
    const other = numbers(there.logProb(z));
    numbers(here.logProb(z)).forEach((l, i) => expect(l).toBeCloseTo(other[i] ?? NaN, 4));
    const shares = numbers(there.cdf?.(z));
    numbers(here.cdf?.(z)).forEach((u, i) => expect(u).toBeCloseTo(shares[i] ?? NaN, 5));
    expect(numbers(here.logProb(tf.tensor1d([-3.2, 3.2])))).toEqual([-Infinity, -Infinity]);
    expect(numbers(here.cdf?.(tf.tensor1d([-4, 4])))).toEqual([0, 1]);
    const { value } = vonMises(50, 3).sampler.draw([tf.tensor1d([0.001, 0.5, 0.999])]);
    expect(numbers(value).every((y) => Math.abs(y) <= Math.fround(Math.PI))).toBe(true);
  });

  it('a guide is a law on an interval of it, or another von Mises law', () => {
    const q = transformed(normal(0, 1), bijectorTo(circle));
    expect(isWithin(q.support, circle)).toBe(true);
    const half = transformed(normal(0, 1), bijectors.sigmoidTo(-1.5, 1.5));
    expect(isWithin(half.support, circle)).toBe(true);
    expect(isWithin(circle, interval(-4, 4))).toBe(false);
  });

  it('the divergence is that of draws, and of alike laws 0', () => {
    checkClosedFormKl({ q: () => vonMises([1, -2], 2), p: () => vonMises(0.5, [1, 3]) });
    checkClosedFormKl({ q: () => vonMises(1, 0), p: () => vonMises(0.5, 1) });
    const by = 2 ** -8;
    const close = numbers(klDivergence(vonMises(0, 4), vonMises(by, 4)))[0] ?? NaN;
    const { one, zero } = besselsIn(4);
    expect(close / ((4 * (one / zero) * by ** 2) / 2)).toBeCloseTo(1, 4);
  });

  it('numbers outside a domain are refused', () => {
    expect(() => vonMises(0, -1)).toThrow(/vonMises: expected concentration to be nonnegative/);
    expect(circle.words).toBe('an angle from -π to π');
  });
});

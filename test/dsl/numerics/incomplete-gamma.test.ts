/** The incomplete gamma functions against integrals of the density in double precision, over their whole range. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, gamma } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { chi2, inverseGamma } from 'marginalia/distributions';
import { gammainc, gammaincc } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { betaShares } from '../../../dsl/numerics/double/beta.js';
import { logGamma } from './gamma-in-double.js';
import { overHalfLine, overUnit } from './quadrature-in-double.js';

const logDensity = (a: number, t: number): number => (a - 1) * Math.log(t) - t - logGamma(a);
const density = (a: number, t: number): number => (t > 0 ? Math.exp(logDensity(a, t)) : 0);

/** ∫ₓ^∞, in steps of how wide the law is. */
const above = (a: number, x: number): number => {
  const width = Math.min(Math.sqrt(a) + 1, 1 + x);
  return width * overHalfLine((u) => density(a, x + width * u));
};

/** ∫₀ˣ, by shares of x, and of narrow laws down from x in steps as wide as they are. */
const below = (a: number, x: number): number => {
  if (a < 500) return x * overUnit((t) => density(a, x * t));
  const width = Math.sqrt(a);
  return width * overHalfLine((u) => density(a, x - width * u));
};

interface Place {
  readonly a: number;
  readonly x: number;
}

/** Concentrations over nine decades, each with numbers from its far left to its far right. */
const PLACES: readonly Place[] = [0.05, 0.3, 1, 2.5, 8, 40, 300, 990, 1010, 3e4, 1e6].flatMap((a) =>
  [-6, -3, -1.2, -0.3, -0.05, 0, 0.05, 0.4, 1.5, 3, 7].flatMap((t) => {
    const x = Math.fround(a < 5 ? a * Math.exp(t) : a + t * Math.sqrt(a));
    return x > 0 ? [{ a: Math.fround(a), x }] : [];
  }),
);

const column = (of: (place: Place) => number): Tensor => tf.tensor1d(PLACES.map(of));
const [as, xs] = [column(({ a }) => a), column(({ x }) => x)];

const worst = (found: Tensor, exact: (place: Place) => number): number => {
  const received = found.dataSync();
  return Math.max(
    ...PLACES.map((place, i) => {
      const wanted = exact(place);
      return Math.abs(wanted) < 1e-36 ? 0 : Math.abs((received[i] ?? Number.NaN) / wanted - 1);
    }),
  );
};

describe('the relative error over nine decades is below 1e-6, of', () => {
  it('the lower function', () => {
    expect(worst(gammainc(as, xs), ({ a, x }) => below(a, x))).toBeLessThan(1e-6);
  });

  it('the upper function', () => {
    expect(worst(gammaincc(as, xs), ({ a, x }) => above(a, x))).toBeLessThan(1e-6);
  });
});

describe('gradients', () => {
  it('in x are the density', () => {
    const slope = grad((x: Tensor) => tf.sum(gammainc(as, x)))(xs);
    // What float32 rounds in log p.
    expect(worst(slope, ({ a, x }) => density(a, x))).toBeLessThan(2e-5);
  });

  it('in a are differences of the integrals', () => {
    const slope = grad((a: Tensor) => tf.sum(gammaincc(a, xs)))(as).dataSync();
    PLACES.forEach(({ a, x }, i) => {
      const h = 1e-4 * Math.min(a, Math.sqrt(a));
      const exact = (above(a + h, x) - above(a - h, x)) / (2 * h);
      const slack = 1e-5 * Math.abs(exact) + 1e-7 / Math.min(1, Math.sqrt(a));
      expect(Math.abs((slope[i] ?? NaN) - exact), `${a}, ${x}`).toBeLessThan(slack);
    });
  });

  it('of the gradient are known but for the second one in a', () => {
    const by = (a: Tensor, x: Tensor): Tensor => grad((b: Tensor) => tf.sum(gammainc(b, x)))(a);
    const [a, x] = [tf.scalar(2), tf.scalar(1.5)];
    const mixed = grad((z: Tensor) => by(a, z))(x).dataSync()[0] ?? NaN;
    const h = 1e-5;
    expect(mixed).toBeCloseTo((density(2 + h, 1.5) - density(2 - h, 1.5)) / (2 * h), 5);
    expect(grad((b: Tensor) => by(b, x))(a).dataSync()[0]).toBeNaN();
  });
});

describe('at the ends', () => {
  it('they are 0 and 1, and no number outside', () => {
    const x = tf.tensor1d([0, Infinity, -1, Number.NaN]);
    expect(Array.from(gammainc(tf.scalar(2), x).dataSync())).toEqual([0, 1, NaN, NaN]);
    expect(Array.from(gammaincc(tf.scalar(2), x).dataSync())).toEqual([1, 0, NaN, NaN]);
    expect(gammainc(tf.scalar(0), tf.scalar(1)).dataSync()[0]).toBeNaN();
  });
});

describe('distribution functions', () => {
  it('of gamma laws and their kin are they', () => {
    const z = 1.7;
    const share = (x: Tensor | undefined): number => x?.dataSync()[0] ?? Number.NaN;
    expect(share(gamma(3, 2).cdf?.(tf.scalar(z)))).toBeCloseTo(below(3, 2 * z), 6);
    expect(share(chi2(3).cdf?.(tf.scalar(z)))).toBeCloseTo(below(1.5, z / 2), 6);
    expect(share(inverseGamma(3, 2).cdf?.(tf.scalar(z)))).toBeCloseTo(above(3, 2 / z), 6);
  });
});

describe('shares of beta laws in double precision', () => {
  it('are integrals of the density', () => {
    for (const [a, b] of [
      [0.5, 0.5],
      [1, 4],
      [12, 3],
      [40, 60],
    ] as const) {
      for (const x of [0.01, 0.2, 0.5, 0.83, 0.99]) {
        const constant = logGamma(a + b) - logGamma(a) - logGamma(b);
        const exact =
          x *
          overUnit((t) =>
            Math.exp(constant + (a - 1) * Math.log(x * t) + (b - 1) * Math.log1p(-x * t)),
          );
        expect(betaShares(a, b, x, 1 - x).below / exact).toBeCloseTo(1, 9);
      }
    }
  });
});

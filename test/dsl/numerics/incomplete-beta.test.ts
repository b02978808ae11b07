/** The incomplete beta functions and their inverse against integrals of the density in double precision. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { betainc, betaincc } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { betaLogitQuantile, betaShare } from '../../../dsl/numerics/incomplete-beta.js';
import { beyondLogit, logLogitDensity } from './beta-in-double.js';

interface Place {
  readonly a: number;
  readonly b: number;
  readonly x: number;
}

const beyond = ({ a, b, x }: Place, side: 1 | -1): number => {
  const from = Math.log(x / (1 - x));
  return beyondLogit(a, b, from, side);
};

/** Concentrations over many decades, each pair with numbers from its far left to its far right. */
const PLACES: readonly Place[] = [0.05, 4, 60, 3e5].flatMap((a) =>
  [0.5, 3, 2e3].flatMap((b) =>
    [-7, -0.6, 1.1].flatMap((t) => {
      const l = Math.log(a / b) + t * Math.min(2, Math.sqrt(1 / a + 1 / b));
      const x = Math.fround(1 / (1 + Math.exp(-l)));
      return x < 1 ? [{ a: Math.fround(a), b: Math.fround(b), x }] : [];
    }),
  ),
);

const column = (of: (place: Place) => number): Tensor => tf.tensor1d(PLACES.map(of));
const [as, bs, xs] = [column(({ a }) => a), column(({ b }) => b), column(({ x }) => x)];

const worst = (found: Tensor, exact: (place: Place) => number): number => {
  const received = found.dataSync();
  return Math.max(
    ...PLACES.map((place, i) => {
      const wanted = exact(place);
      return Math.abs(wanted) < 1e-36 ? 0 : Math.abs((received[i] ?? Number.NaN) / wanted - 1);
    }),
  );
};

describe('the relative error over many decades is below 1e-6, of', () => {
  it('the function', () => {
    expect(worst(betainc(as, bs, xs), (p) => beyond(p, -1))).toBeLessThan(1e-6);
  });

  it('its complement', () => {
    // What is left to 1 of a float32 number is exact.
    expect(worst(betaincc(as, bs, xs), (p) => beyond(p, 1))).toBeLessThan(1e-6);
  });
});

describe('gradients', () => {
  it('in x are the density', () => {
    const slope = grad((x: Tensor) => tf.sum(betainc(as, bs, x)))(xs);
    const exact = ({ a, b, x }: Place): number =>
      Math.exp(logLogitDensity(a, b, Math.log(x / (1 - x)))) / (x * (1 - x));
    expect(worst(slope, exact)).toBeLessThan(5e-5);
  });

  it('in a and b are differences of the integrals', () => {
    const [ofA, ofB] = [
      grad((a: Tensor) => tf.sum(betainc(a, bs, xs)))(as).dataSync(),
      grad((b: Tensor) => tf.sum(betaincc(as, b, xs)))(bs).dataSync(),
    ];
    PLACES.forEach(({ a, b, x }, i) => {
      if (a > 1e4 || b > 1e3) return;
      const near = (received: number | undefined, f: (h: number) => number, unit: number): void => {
        const h = 1e-4 * unit;
        const exact = (f(h) - f(-h)) / (2 * h);
        const slack = 1e-4 * Math.abs(exact) + 1e-7 / unit;
        expect(Math.abs((received ?? NaN) - exact), `${a}, ${b}, ${x}`).toBeLessThan(slack);
      };
      const moved = (s: number): number => Math.min(s, s * Math.sqrt(1 / a + 1 / b));
      near(ofA[i], (h) => beyond({ a: a + h, b, x }, -1), moved(a));
      near(ofB[i], (h) => beyond({ a, b: b + h, x }, 1), moved(b));
    });
  });

  it('of what is rounded to 1 are kept by what is left', () => {
    const chance = (l: Tensor): Tensor =>
      betaShare('above', {
        a: tf.scalar(2),
        b: tf.scalar(0.5),
        x: tf.sigmoid(l),
        rest: tf.sigmoid(tf.neg(l)),
      });
    const slope = grad(chance)(tf.scalar(20)).dataSync()[0] ?? NaN;
    expect(slope / -Math.exp(logLogitDensity(2, 0.5, 20))).toBeCloseTo(1, 5);
  });
});

describe('the quantile', () => {
  it('undoes the function, far out as well', () => {
    const shares = [1e-30, 1e-6, 0.02, 0.5, 0.97, 1 - 2 ** -22].map(Math.fround);
    for (const [a, b] of [
      [0.05, 0.4],
      [0.5, 30],
      [2, 3],
      [800, 5e4],
    ] as const) {
      const logits = betaLogitQuantile(tf.tensor1d(shares), tf.scalar(a), tf.scalar(b)).dataSync();
      shares.forEach((u, i) => {
        const l = logits[i] ?? NaN;
        // In double precision by the logit itself, which may lie below any float32.
        const share = beyondLogit(a, b, l, u < 0.5 ? -1 : 1);
        const wanted = u < 0.5 ? u : 1 - u;
        // What float32 rounds in the logit moves the share.
        const slack = 1e-6 + (2 ** -23 * Math.abs(l) * Math.exp(logLogitDensity(a, b, l))) / wanted;
        expect(Math.abs(share / wanted - 1), `${a}, ${b}, ${u}`).toBeLessThan(slack);
      });
    }
  });

  it('has the ends of the interval at 0 and 1', () => {
    const at = betaLogitQuantile(tf.tensor1d([0, 1, -1]), tf.scalar(2), tf.scalar(3));
    expect([...at.dataSync()]).toEqual([-Infinity, Infinity, NaN]);
  });
});

describe('at the ends', () => {
  it('they are 0 and 1, and no number outside', () => {
    const x = tf.tensor1d([0, 1, -0.1, 1.1, Number.NaN]);
    const [two, three] = [tf.scalar(2), tf.scalar(3)];
    expect(Array.from(betainc(two, three, x).dataSync())).toEqual([0, 1, NaN, NaN, NaN]);
    expect(Array.from(betaincc(two, three, x).dataSync())).toEqual([1, 0, NaN, NaN, NaN]);
    expect(betainc(tf.scalar(0), two, tf.scalar(0.5)).dataSync()[0]).toBeNaN();
  });
});

/** Laws of one number beyond the first: densities in double precision, laws, edges, divergences. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Distribution, type Tensor, beta, exponential, gamma, studentT } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  cauchy,
  chi2,
  gompertz,
  gumbel,
  halfCauchy,
  halfStudentT,
  inverseGamma,
  klDivergence,
  kumaraswamy,
  laplace,
  levy,
  logistic,
  logitNormal,
  pareto,
  softLaplace,
  weibull,
} from 'marginalia/distributions';
import { type DistributionCase, checkClosedFormKl, familyCases } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { logProbOfDraw } from '../../../dsl/law/distribution.js';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { beyondLogit } from '../numerics/beta-in-double.js';
import { digammaOf, logGamma } from '../numerics/gamma-in-double.js';
import { normalCdf } from '../numerics/normal-in-double.js';
import { overHalfLine, overUnit } from '../numerics/quadrature-in-double.js';
import { type Formula, checkFormula } from './formulas.js';

const EULER = 0.5772156649015329;
const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const logistically = (y: number): number => 1 / (1 + Math.exp(-y));
/** A number on the line from one in (0, 1), far out at both ends. */
const far = (u: number): number => Math.tan(Math.PI * (u - 0.5));

const studentConstant = (v: number): number =>
  logGamma((v + 1) / 2) - logGamma(v / 2) - 0.5 * Math.log(Math.PI * v);
const logStudentFall = (y: number, v: number): number => -((v + 1) / 2) * Math.log1p(y ** 2 / v);
/** P(T ≤ y) by the integral of the density: of its tail beyond it, or of what lies between it and 0. */
const studentShare = (y: number, v: number): number => {
  if (y > 0) return 1 - studentShare(-y, v);
  const width = 1 - y;
  const scaled = overHalfLine((s) => Math.exp(logStudentFall(y - width * s, v)));
  return width * Math.exp(studentConstant(v)) * scaled;
};

const formulas: readonly Formula[] = [
  {
    name: 'studentT',
    runs: 60,
    parameters: [
      [0.3, 3e5],
      [1e-2, 10],
      [0.1, 10],
    ],
    make: (df = 1, loc = 0, scale = 1) => studentT(df, loc, scale),
    at: (u, v = 1, m = 0, s = 1) => m + s * Math.max(-1e4, far(u) * (1 + 3 / v)),
    logProb: (z, v = 1, m = 0, s = 1) =>
      studentConstant(v) + logStudentFall((z - m) / s, v) - Math.log(s),
    cdf: (z, v = 1, m = 0, s = 1) => studentShare((z - m) / s, v),
  },
  {
    name: 'beta',
    runs: 60,
    parameters: [
      [0.05, 1e3],
      [0.05, 1e3],
    ],
    make: (one = 1, zero = 1) => beta(one, zero),
    at: (u, a = 1, b = 1) =>
      logistically(Math.min(6, Math.log(a / b) + (6 * u - 3) * Math.sqrt(1 / a + 1 / b))),
    logProb: (z, a = 1, b = 1) =>
      (a - 1) * Math.log(z) +
      (b - 1) * Math.log1p(-z) +
      logGamma(a + b) -
      logGamma(a) -
      logGamma(b),
    cdf: (z, a = 1, b = 1) => beyondLogit(a, b, Math.log(z / (1 - z)), -1),
  },
  {
    name: 'laplace',
    parameters: [
      [1e-2, 10],
      [1e-2, 10],
    ],
    make: (loc = 0, scale = 1) => laplace(loc, scale),
    at: (u, m = 0, s = 1) => m + s * (60 * u - 50),
    logProb: (z, m = 0, s = 1) => -Math.abs(z - m) / s - Math.log(2 * s),
    cdf: (z, m = 0, s = 1) =>
      z < m ? 0.5 * Math.exp((z - m) / s) : 1 - 0.5 * Math.exp((m - z) / s),
  },
  {
    name: 'cauchy',
    parameters: [
      [1e-2, 10],
      [1e-2, 10],
    ],
    make: (loc = 0, scale = 1) => cauchy(loc, scale),
    at: (u, m = 0, s = 1) => m + s * far(u) ** 3,
    logProb: (z, m = 0, s = 1) => -Math.log(Math.PI * s) - Math.log1p(((z - m) / s) ** 2),
    entropy: (_ = 0, s = 1) => Math.log(4 * Math.PI * s),
    cdf: (z, m = 0, s = 1) => Math.atan2(1, -(z - m) / s) / Math.PI,
  },
  {
    name: 'gumbel',
    parameters: [
      [1e-2, 10],
      [1e-2, 10],
    ],
    make: (loc = 0, scale = 1) => gumbel(loc, scale),
    at: (u, m = 0, s = 1) => m - s * (u < 0.01 ? 4 : Math.log(-Math.log(u))),
    logProb: (z, m = 0, s = 1) => -(z - m) / s - Math.exp(-(z - m) / s) - Math.log(s),
    entropy: (_ = 0, s = 1) => Math.log(s) + EULER + 1,
    cdf: (z, m = 0, s = 1) => Math.exp(-Math.exp(-(z - m) / s)),
  },
  {
    name: 'logistic',
    parameters: [
      [1e-2, 10],
      [1e-2, 10],
    ],
    make: (loc = 0, scale = 1) => logistic(loc, scale),
    at: (u, m = 0, s = 1) => m + s * Math.max(-60, Math.min(60, far(u))),
    logProb: (z, m = 0, s = 1) =>
      -Math.abs(z - m) / s - 2 * Math.log1p(Math.exp(-Math.abs(z - m) / s)) - Math.log(s),
    entropy: (_ = 0, s = 1) => Math.log(s) + 2,
    cdf: (z, m = 0, s = 1) => logistically((z - m) / s),
  },
  {
    name: 'logitNormal',
    parameters: [
      [1e-2, 3],
      [0.1, 2],
    ],
    make: (loc = 0, scale = 1) => logitNormal(loc, scale),
    at: (u, m = 0, s = 1) => Math.min(0.999, logistically(m + s * (8 * u - 4))),
    logProb: (z, m = 0, s = 1) =>
      -0.5 * ((Math.log(z / (1 - z)) - m) / s) ** 2 -
      Math.log(s * z * (1 - z)) -
      0.5 * Math.log(2 * Math.PI),
    cdf: (z, m = 0, s = 1) => normalCdf((Math.log(z / (1 - z)) - m) / s),
  },
  {
    name: 'kumaraswamy',
    parameters: [
      [0.05, 20],
      [0.05, 20],
    ],
    make: (one = 1, zero = 1) => kumaraswamy(one, zero),
    at: (u, a = 1) => Math.min(0.999, u ** (1 / a)),
    logProb: (z, a = 1, b = 1) =>
      Math.log(a * b) + (a - 1) * Math.log(z) + (b - 1) * Math.log1p(-(z ** a)),
    entropy: (a = 1, b = 1) =>
      1 - 1 / b + (1 - 1 / a) * (digammaOf(b + 1) + EULER) - Math.log(a * b),
    cdf: (z, a = 1, b = 1) => -Math.expm1(b * Math.log1p(-(z ** a))),
  },
  {
    name: 'weibull',
    parameters: [
      [1e-2, 10],
      [0.1, 20],
    ],
    make: (scale = 1, concentration = 1) => weibull(scale, concentration),
    at: (u, s = 1, k = 1) => s * (-Math.log(u)) ** (1 / k),
    logProb: (z, s = 1, k = 1) => Math.log(k / s) + (k - 1) * Math.log(z / s) - (z / s) ** k,
    entropy: (s = 1, k = 1) => EULER * (1 - 1 / k) + Math.log(s / k) + 1,
    cdf: (z, s = 1, k = 1) => -Math.expm1(-((z / s) ** k)),
  },
  {
    name: 'inverseGamma',
    parameters: [
      [0.1, 1e3],
      [1e-2, 1e2],
    ],
    make: (concentration = 1, rate = 1) => inverseGamma(concentration, rate),
    at: (u, a = 1, b = 1) => (b / a) * Math.exp((8 * u - 4) / Math.sqrt(a)),
    logProb: (z, a = 1, b = 1) => a * Math.log(b) - (a + 1) * Math.log(z) - b / z - logGamma(a),
    entropy: (a = 1, b = 1) => a + Math.log(b) + logGamma(a) - (1 + a) * digammaOf(a),
  },
  {
    name: 'chi2',
    parameters: [[0.1, 1e3]],
    make: (df = 1) => chi2(df),
    at: (u, df = 1) => df * Math.exp((8 * u - 4) / Math.sqrt(df)),
    logProb: (z, df = 1) =>
      (df / 2 - 1) * Math.log(z) - z / 2 - (df / 2) * Math.LN2 - logGamma(df / 2),
    entropy: (df = 1) => df / 2 + Math.LN2 + logGamma(df / 2) + (1 - df / 2) * digammaOf(df / 2),
  },
  {
    name: 'pareto',
    parameters: [
      [1e-2, 1e2],
      [0.1, 20],
    ],
    make: (scale = 1, alpha = 1) => pareto(scale, alpha),
    at: (u, s = 1, a = 1) => s * (1 + 2 ** -20) * u ** (-1 / a),
    logProb: (z, s = 1, a = 1) => Math.log(a / z) - a * Math.log(z / s),
    entropy: (s = 1, a = 1) => Math.log(s / a) + 1 / a + 1,
    cdf: (z, s = 1, a = 1) => -Math.expm1(-a * Math.log(z / s)),
  },
  {
    name: 'halfStudentT',
    runs: 60,
    parameters: [
      [0.1, 1e5],
      [0.1, 10],
    ],
    make: (df = 1, scale = 1) => halfStudentT(df, scale),
    at: (u, _, s = 1) => s * Math.tan((Math.PI * u) / 2),
    logProb: (z, v = 1, s = 1) =>
      Math.LN2 +
      logGamma((v + 1) / 2) -
      logGamma(v / 2) -
      0.5 * Math.log(Math.PI * v) -
      Math.log(s) -
      ((v + 1) / 2) * Math.log1p((z / s) ** 2 / v),
    cdf: (z, v = 1, s = 1) =>
      z > 3 * s
        ? 1 - 2 * studentShare(-z / s, v)
        : ((2 * z) / s) *
          Math.exp(studentConstant(v)) *
          overUnit((t) => Math.exp(logStudentFall((z * t) / s, v))),
  },
];

describe('log p, entropy and distribution function are the formulas, in double precision, of', () => {
  it.each(formulas.map((f) => [f.name, f] as const))('%s', (_, f) => checkFormula(f));
});

describe('the closed-form KL of random', () => {
  const known = ['cauchy', 'logitNormal', 'inverseGamma', 'chi2'] as const;
  it.each(known)('%s is that of their draws', (name) => {
    const random: fc.Arbitrary<DistributionCase> = familyCases[name];
    fc.assert(
      fc.property(random, random, (q, p) => {
        const [one, other] = [q.make(), p.make()];
        // Those of one batch, or a batch and one law.
        fc.pre(one.batchShape.length === 0 || other.batchShape.length === 0);
        checkClosedFormKl({ q: () => one, p: () => other });
      }),
      { seed: 3, numRuns: 4 },
    );
  });

  // Ratios of tails that differ have no variance: these are near enough.
  it('Gumbels and Weibulls is that of their draws', () => {
    checkClosedFormKl({ q: () => gumbel([0, 1], 1), p: () => gumbel(0.5, [1, 1.5]) });
    checkClosedFormKl({ q: () => weibull([1, 2], 3), p: () => weibull(1.5, [3, 2]) });
  });

  it('Paretos is that of their draws, and infinite where the other ends higher', () => {
    checkClosedFormKl({ q: () => pareto(2, 3), p: () => pareto([1.5, 2], 2) });
    expect(numbers(klDivergence(pareto(1, 3), pareto([2, 0.5], 3)))[0]).toBe(Infinity);
  });

  it('Weibulls, chi-squares, gammas and exponentials knows all of them', () => {
    const pairs: readonly (readonly [Distribution, Distribution])[] = [
      [weibull(2, 1.5), exponential(0.7)],
      [exponential(0.7), weibull(2, 1.5)],
      [chi2(3), gamma(2, 1)],
      [gamma(2, 1), chi2(3)],
      [chi2(3), exponential(1)],
      [exponential(1), chi2(3)],
    ];
    for (const [q, p] of pairs) checkClosedFormKl({ q: () => q, p: () => p });
    expect(numbers(klDivergence(weibull(2, 1), exponential(0.5)))[0]).toBeCloseTo(0, 6);
    expect(numbers(klDivergence(chi2(2), exponential(0.5)))[0]).toBeCloseTo(0, 6);
  });

  it('close Gumbels and Cauchys does not cancel', () => {
    const by = 2 ** -10;
    const close = (make: (loc: number, scale: number) => Distribution): number =>
      numbers(klDivergence(make(0, 1), make(by, 1)))[0] ?? Number.NaN;
    expect(close(cauchy) / (by ** 2 / 4)).toBeCloseTo(1, 3);
    expect(close(gumbel) / (by ** 2 / 2)).toBeCloseTo(1, 1);
  });
});

describe('at the edges of the support', () => {
  const laws: readonly Distribution[] = [
    weibull(2, 1),
    inverseGamma(2, 1),
    chi2(2),
    halfStudentT(3, 1),
    kumaraswamy(1, 1),
    logitNormal(0, 1),
    pareto(1, 2),
    gompertz(1, 2),
  ];
  it('nothing at either infinity, on the whole line as well', () => {
    const ends = tf.tensor1d([-Infinity, Infinity]);
    expect(numbers(softLaplace(0, 1).logProb(ends))).toEqual([-Infinity, -Infinity]);
    // Of nearly all, by what is beyond: (2 / π) e⁻²⁰, and √(2 / 10²⁰ π).
    const rest = [softLaplace(0, 1).logCdf?.(tf.scalar(20)), levy(0, 1).logCdf?.(tf.scalar(1e20))];
    const wanted = [-1.312167e-9, -7.978846e-11];
    rest.forEach((log, i) =>
      expect((numbers(log)[0] ?? NaN) / (wanted[i] ?? NaN)).toBeCloseTo(1, 5),
    );
  });

  it.each(laws.map((d) => [d.family.name, d] as const))('%s: nothing outside', (_, d) => {
    const z = tf.tensor1d([-1, -1e-3, 0.5, 0.999]);
    const logs = numbers(d.logProb(z));
    expect(logs.slice(0, 2)).toEqual([-Infinity, -Infinity]);
    expect(numbers(d.logProb(tf.scalar(NaN)))[0]).toBeNaN();
    expect(numbers(d.logProb(tf.scalar(Infinity)))).toEqual([-Infinity]);
    const slope = numbers(grad((x: Tensor) => tf.sum(d.logProb(x)))(tf.tensor1d([-1, 0, 1, 2])));
    expect(slope.every(Number.isFinite)).toBe(true);
    if (d.cdf) expect(numbers(d.cdf(tf.tensor1d([-1, -1e-3])))).toEqual([0, 0]);
  });

  it('laws on the unit interval end at 1, in density and share', () => {
    for (const d of [kumaraswamy(2, 3), logitNormal(0, 1)]) {
      expect(numbers(d.logProb(tf.scalar(1.001)))).toEqual([-Infinity]);
      expect(numbers(d.cdf?.(tf.tensor1d([1, 1.001])))[1]).toBe(1);
      expect(numbers(d.logProb(tf.tensor1d([0, 1]))).every(Number.isFinite)).toBe(true);
    }
  });

  it('log q of a Lévy draw that float32 rounds to its start is that of how far it is from it', () => {
    const e = [tf.tensor1d([0.5, 3])];
    const of = (loc: number): readonly number[] => numbers(logProbOfDraw(levy(loc, 2 ** -20), e));
    expect(of(1000)).toEqual(of(0));
  });

  it('draws that float32 ends keep finite densities and gradients', () => {
    const wide: readonly Distribution[] = [
      weibull(1, 0.05),
      kumaraswamy(0.02, 0.02),
      logitNormal(0, 40),
      inverseGamma(30, 1e-25),
    ];
    for (const d of wide) {
      const { value, preimage } = d.sampler.draw(noiseFor(d, [500], 4));
      expect(numbers(d.logProb(value)).every(Number.isFinite), d.family.name).toBe(true);
      expect(numbers(d.logProb(value, preimage)).every(Number.isFinite), d.family.name).toBe(true);
      const slope = grad((z: Tensor) => tf.sum(d.logProb(z)))(value);
      expect(numbers(slope).every(Number.isFinite), d.family.name).toBe(true);
    }
  });
});

describe('a draw that float32 rounds to 1', () => {
  it('of a Kumaraswamy law is scored by its logit', () => {
    const [a, b, g] = [0.5, 0.02, -3];
    const d = kumaraswamy(a, b);
    const { value, preimage } = d.sampler.draw([tf.scalar(g)]);
    // With t = e^−g / b log(1 − zᵃ) is −t, and log z is 0.
    const exact = Math.log(a * b) - (b - 1) * (Math.exp(-g) / b);
    expect((numbers(d.logProb(value, preimage))[0] ?? NaN) / exact).toBeCloseTo(1, 5);
  });
});

describe('a family is told from its kin', () => {
  it('by what it is at particular parameters', () => {
    const z = tf.tensor1d([0.1, 0.7, 3]);
    const same = (a: Distribution, b: Distribution): void =>
      numbers(a.logProb(z)).forEach((l, i) =>
        expect(l).toBeCloseTo(numbers(b.logProb(z))[i] ?? Number.NaN, 5),
      );
    same(weibull(2, 1), exponential(0.5));
    same(chi2(2), exponential(0.5));
    same(halfStudentT(1, 2), halfCauchy(2));
    same(kumaraswamy(1, 1), beta(1, 1));
  });

  it('moments that do not exist are infinite', () => {
    const infinite = (d: Distribution): readonly number[] => [
      ...numbers(d.mean?.()),
      ...numbers(d.variance?.()),
    ];
    expect(infinite(pareto(1, 1))).toEqual([Infinity, Infinity]);
    expect(infinite(inverseGamma(1, 1))).toEqual([Infinity, Infinity]);
    expect(infinite(halfStudentT(1, 1))).toEqual([Infinity, Infinity]);
    expect(infinite(pareto(1, 3))).toEqual([1.5, 0.75]);
  });

  it('numbers outside a domain are refused', () => {
    expect(() => cauchy(0, 0)).toThrow(/cauchy: expected scale to be positive/);
    expect(() => pareto(-1, 1)).toThrow(/pareto: expected scale to be positive/);
    expect(() => chi2(0)).toThrow(/chi2: expected df to be positive/);
    expect(() => weibull([1, 2], [1, 2, 3])).toThrow(/\[2\] and \[3\]/);
  });
});

/** Laws of counts: probabilities in double precision, draws of small and large rates, laws, divergences, edges. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Tensor, bernoulli, independent } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  betaBinomial,
  binomial,
  discretizedLogistic,
  geometric,
  integers,
  isWithin,
  klDivergence,
  negativeBinomial,
  negativeBinomial2,
  poisson,
} from 'marginalia/distributions';
import { checkClosedFormKl } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { mean, sum, variance } from '../../../src/testing/statistics/numbers.js';
import { logGamma } from '../numerics/gamma-in-double.js';
import { normalCdf } from '../numerics/normal-in-double.js';
import { type Formula, checkFormula } from './formulas.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const logFactorial = (k: number): number => logGamma(k + 1);
const logChoose = (n: number, k: number): number =>
  logFactorial(n) - logFactorial(k) - logFactorial(n - k);
const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);
const logPoisson = (k: number, rate: number): number => k * Math.log(rate) - rate - logFactorial(k);
const logBinomial = (n: number, k: number, p: number): number =>
  logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p);
const logNegative = (k: number, mu: number, r: number): number =>
  logGamma(k + r) -
  logGamma(r) -
  logFactorial(k) -
  r * Math.log1p(mu / r) +
  k * Math.log(mu / (r + mu));
/** The chance of a number up to k, of those within some deviations below it. */
const summed = (k: number, deviation: number, logProb: (k: number) => number): number => {
  const from = Math.max(0, Math.floor(k - 12 * deviation - 12));
  return sum(Array.from({ length: k - from + 1 }, (_, i) => Math.exp(logProb(from + i))));
};
/** A count within some deviations of a mean. */
const about = (u: number, centre: number, deviation: number): number =>
  Math.max(0, Math.round(centre + (8 * u - 4) * deviation));

const formulas: readonly Formula[] = [
  {
    name: 'poisson',
    runs: 80,
    parameters: [[1e-3, 1e5]],
    make: (rate = 1) => poisson(rate),
    at: (u, rate = 1) => about(u, rate, Math.sqrt(rate)),
    logProb: (k, rate = 1) => logPoisson(k, rate),
    cdf: (k, rate = 1) => summed(k, Math.sqrt(k), (j) => logPoisson(j, rate)),
  },
  {
    name: 'geometric',
    parameters: [[1e-3, 0.99]],
    make: (probs = 0.5) => geometric({ probs }),
    at: (u, p = 0.5) => Math.floor(Math.log(u) / Math.log1p(-p)),
    logProb: (k, p = 0.5) => k * Math.log1p(-p) + Math.log(p),
    cdf: (k, p = 0.5) => -Math.expm1((k + 1) * Math.log1p(-p)),
  },
  {
    name: 'binomial',
    runs: 80,
    parameters: [
      [1, 1e5],
      [1e-3, 0.99],
    ],
    make: (n = 1, probs = 0.5) => binomial([Math.round(n)], { probs }),
    at: (u, n = 1, p = 0.5) =>
      Math.min(Math.round(n), about(u, Math.round(n) * p, Math.sqrt(Math.round(n) * p * (1 - p)))),
    logProb: (k, n = 1, p = 0.5) => logBinomial(Math.round(n), k, p),
    cdf: (k, n = 1, p = 0.5) =>
      summed(k, Math.sqrt(n * p * (1 - p)), (j) => logBinomial(Math.round(n), j, p)),
  },
  {
    name: 'negativeBinomial2',
    parameters: [
      [1e-2, 1e4],
      [1e-2, 1e6],
    ],
    make: (mu = 1, r = 1) => negativeBinomial2(mu, r),
    at: (u, mu = 1, r = 1) => about(u, mu, Math.sqrt(mu + mu ** 2 / r)),
    logProb: (k, mu = 1, r = 1) => logNegative(k, mu, r),
    cdf: (k, mu = 1, r = 1) => {
      // From k down, by the ratio of neighbours.
      let [term, total] = [Math.exp(logNegative(k, mu, r)), 0];
      for (let j = k; j >= 0 && term > total * 1e-18; j -= 1) {
        total += term;
        term *= (j / (j - 1 + r)) * (1 + r / mu);
      }
      return total;
    },
  },
  {
    name: 'negativeBinomial',
    parameters: [
      [1e-1, 1e3],
      [1e-2, 0.95],
    ],
    make: (n = 1, probs = 0.5) => negativeBinomial(n, { probs }),
    at: (u, n = 1, p = 0.5) => about(u, (n * p) / (1 - p), Math.sqrt(n * p) / (1 - p)),
    logProb: (k, n = 1, p = 0.5) =>
      logGamma(k + n) - logGamma(n) - logFactorial(k) + n * Math.log1p(-p) + k * Math.log(p),
  },
  {
    name: 'betaBinomial',
    parameters: [
      [1e-2, 1e3],
      [1e-2, 1e3],
    ],
    make: (a = 1, b = 1) => betaBinomial(a, b, 60),
    at: (u) => Math.round(60 * u),
    logProb: (k, a = 1, b = 1) => logChoose(60, k) + logBeta(k + a, 60 - k + b) - logBeta(a, b),
  },
];

describe('log p and distribution function are the formulas, in double precision, of', () => {
  it.each(formulas.map((f) => [f.name, f] as const))('%s', (_, f) => checkFormula(f, true));
});

describe('a draw is the least count with a share of Φ(ε) or more', () => {
  const noise = [-6, -3.3, -1, -0.2, 0.4, 1.7, 4.1, 6];
  /** By sums of probabilities from below, and from above to the right of the median. */
  const least = (e: number, most: number, logProb: (k: number) => number): number => {
    const chances = Array.from({ length: most + 1 }, (_, k) => Math.exp(logProb(k)));
    if (e <= 0) {
      const share = normalCdf(e);
      let total = 0;
      return chances.findIndex((p) => (total += p) >= share);
    }
    const share = normalCdf(-e);
    let total = 0;
    return most + 1 - chances.toReversed().findIndex((p) => (total += p) > share) - 1;
  };
  const drawn = (d: Distribution): readonly number[] =>
    numbers(d.sampler.draw([tf.tensor1d(noise)]).value);

  it.each([0.01, 0.7, 4, 30, 200, 2000])('Poisson with rate %d', (rate) => {
    const exact = noise.map((e) =>
      least(e, Math.ceil(rate + 20 * Math.sqrt(rate) + 20), (k) =>
        logPoisson(k, Math.fround(rate)),
      ),
    );
    expect(drawn(poisson(rate))).toEqual(exact);
  });

  it.each([
    [1, 0.5],
    [7, 0.1],
    [40, 0.9],
    [900, 0.4],
  ])('binomial with %d trials and a chance of %d', (n, p) => {
    const probs = Math.fround(p);
    const exact = noise.map((e) =>
      least(e, n, (k) => logChoose(n, k) + k * Math.log(probs) + (n - k) * Math.log1p(-probs)),
    );
    expect(drawn(binomial(n, { probs }))).toEqual(exact);
  });

  it('large rates keep their spread', () => {
    for (const d of [poisson(4e6), binomial(4_000_000, { probs: 0.25 })]) {
      const z = numbers(d.sampler.draw(noiseFor(d, [2000], 6)).value);
      const [centre = NaN, wide = NaN] = [d.mean?.(), d.variance?.()].map((x) => numbers(x)[0]);
      expect(Math.abs(mean(z) - centre) / Math.sqrt(wide)).toBeLessThan(0.15);
      expect(Math.sqrt(variance(z) / wide)).toBeCloseTo(1, 1);
      expect(z.every(Number.isInteger)).toBe(true);
    }
  });
});

describe('the quantile of a share', () => {
  it('up to k is k, and of a little more the next', () => {
    const laws: readonly Distribution[] = [
      poisson(3),
      poisson(900),
      geometric({ probs: 0.2 }),
      binomial(9, { probs: 0.3 }),
      binomial(4000, { logits: -2 }),
      negativeBinomial2(5, 0.5),
      negativeBinomial(300, { probs: 0.4 }),
    ];
    for (const d of laws) {
      const mode = Math.round(numbers(d.mean?.())[0] ?? NaN);
      const k = [...new Set([0, 1, 2, 5, mode - 2, mode, mode + 3])].filter((j) => j >= 0);
      const shares = numbers(d.cdf?.(tf.tensor1d(k)));
      const told = k.filter((_, i) => (shares[i] ?? 0) > 1e-30 && (shares[i] ?? 1) < 1 - 1e-5);
      const of = shares.filter((u) => u > 1e-30 && u < 1 - 1e-5);
      expect(numbers(d.icdf?.(tf.tensor1d(of))), d.family.name).toEqual(told);
      const more = of.map((u) => u + 2e-6 * Math.min(u, 0.5));
      expect(numbers(d.icdf?.(tf.tensor1d(more))), d.family.name).toEqual(told.map((j) => j + 1));
      expect(numbers(d.icdf?.(tf.scalar(0))), d.family.name).toEqual([0]);
    }
    expect(numbers(poisson(3).icdf?.(tf.scalar(1)))).toEqual([Infinity]);
    expect(numbers(binomial(9, { probs: 0.3 }).icdf?.(tf.tensor1d([1, -0.1])))).toEqual([9, NaN]);
    expect(numbers(binomial(9, { probs: 0 }).cdf?.(tf.tensor1d([-1, 0, 9])))).toEqual([0, 1, 1]);
  });
});

describe('the closed-form KL', () => {
  it('is that of draws', () => {
    checkClosedFormKl({ q: () => poisson([2, 5]), p: () => poisson(3) });
    checkClosedFormKl({
      q: () => geometric({ probs: [0.3, 0.6] }),
      p: () => geometric({ logits: 0.2 }),
    });
    checkClosedFormKl({
      q: () => binomial(5, { probs: [0.3, 0.6] }),
      p: () => binomial(5, { logits: 0.2 }),
    });
  });

  it('is claimed for equal counts alone', () => {
    const [q, p] = [binomial(5, { probs: 0.5 }), binomial([5], { probs: 0.5 })];
    expect(klDivergence(q, binomial(6, { probs: 0.5 }))).toBeUndefined();
    expect(klDivergence(q, p)).toBeUndefined();
    expect(klDivergence(p, p)).toBeUndefined();
  });
});

describe('at the edges', () => {
  it('there is nothing below 0, and above the number of trials', () => {
    const all: readonly Distribution[] = [
      poisson(2),
      geometric({ probs: 0.5 }),
      negativeBinomial2(2, 3),
      binomial(3, { probs: 0.5 }),
      betaBinomial(1, 2, 3),
    ];
    for (const d of all) {
      expect(numbers(d.logProb(tf.scalar(-1))), d.family.name).toEqual([-Infinity]);
      const far = tf.tensor1d([3e38, Infinity]);
      expect(numbers(d.logProb(tf.scalar(Infinity))), d.family.name).toEqual([-Infinity]);
      expect(numbers(d.logProb(far))[0], d.family.name).not.toBeNaN();
      if (d.cdf) expect(numbers(d.cdf(far)), d.family.name).toEqual([1, 1]);
      if (d.cdf) expect(numbers(d.cdf(tf.tensor1d([-1, -3])))).toEqual([0, 0]);
      const slope = grad((z: Tensor) => tf.sum(d.logProb(z)))(tf.tensor1d([-1, 0, 3, 4]));
      expect(numbers(slope).every(Number.isFinite), d.family.name).toBe(true);
    }
    const over = tf.scalar(4);
    expect(numbers(binomial(3, { probs: 0.5 }).logProb(over))).toEqual([-Infinity]);
    expect(numbers(betaBinomial(1, 2, 3).logProb(over))).toEqual([-Infinity]);
  });

  it('a chance of 0 or 1 leaves one value', () => {
    const logs = (d: Distribution): readonly number[] =>
      // A mean of 0 counts as a tiny one.
      numbers(d.logProb(tf.tensor1d([0, 1, 3]))).map((l) => (Math.abs(l) < 1e-30 ? 0 : l));
    expect(logs(binomial(3, { probs: 0 }))).toEqual([0, -Infinity, -Infinity]);
    expect(logs(binomial(3, { probs: 1 }))).toEqual([-Infinity, -Infinity, 0]);
    expect(logs(geometric({ probs: 1 }))).toEqual([0, -Infinity, -Infinity]);
    const e = [tf.tensor1d([-3, 0, 3])];
    expect(numbers(binomial(3, { probs: 0 }).sampler.draw(e).value)).toEqual([0, 0, 0]);
    expect(numbers(binomial(3, { probs: 1 }).sampler.draw(e).value)).toEqual([3, 3, 3]);
    expect(numbers(geometric({ probs: 1 }).sampler.draw(e).value)).toEqual([0, 0, 0]);
  });

  it('no trials have no successes', () => {
    for (const d of [binomial(0, { probs: 0.5 }), betaBinomial(2, 3, 0)]) {
      const [log = NaN] = numbers(d.logProb(tf.scalar(0)));
      expect(log).toBeCloseTo(0, 6);
      expect(numbers(d.sampler.enumeration?.values())).toEqual([0]);
    }
  });

  it('one trial is a Bernoulli law, and many make a Poisson law', () => {
    const z = tf.tensor1d([0, 1]);
    const close = (a: Tensor, b: Tensor, digits: number): void =>
      numbers(a).forEach((x, i) => expect(x).toBeCloseTo(numbers(b)[i] ?? NaN, digits));
    close(binomial(1, { probs: 0.3 }).logProb(z), bernoulli({ probs: 0.3 }).logProb(z), 5);
    close(negativeBinomial2(3, 1e7).logProb(z), poisson(3).logProb(z), 5);
    close(betaBinomial(3e5, 7e5, 9).logProb(z), binomial(9, { probs: 0.3 }).logProb(z), 4);
  });

  it('a discretised logistic law has all of it up to its last value alone', () => {
    const d = discretizedLogistic(0, 10, 0, 255);
    const u = tf.tensor1d([0, 0.25, 1 - 2 ** -20, 1]);
    // σ(13.85) is 1 − 2⁻²⁰ in float32.
    expect(numbers(d.icdf?.(u))).toEqual([0, 0, 138, 255]);
    const k = tf.range(0, 40);
    expect(numbers(d.icdf?.(d.cdf?.(k) ?? k))).toEqual(numbers(k));
  });

  it('counts that may be large are not listed, and draw', () => {
    expect(binomial(5000, { probs: 0.5 }).sampler.enumeration).toBeUndefined();
    expect(binomial([5], { probs: 0.5 }).sampler.gradient).toBe('score');
    expect(independent(binomial(2, { probs: [0.5, 0.2] })).sampler.enumeration?.count).toBe(9);
  });

  it('numbers outside a domain are refused', () => {
    expect(() => poisson(0)).toThrow(/poisson: expected rate to be positive and at most 4194304/);
    expect(() => poisson(1e7)).toThrow(/take a normal law for counts as large as that/);
    expect(() => binomial(2.5, { probs: 0.5 })).toThrow(/totalCount to be a whole number from 0/);
    expect(() => geometric({ probs: 1e-7 })).toThrow(/geometric: expected probs to be from/);
    expect(() => negativeBinomial(-1, { probs: 0.5 })).toThrow(/totalCount to be positive/);
    expect(() => betaBinomial(1, 0, 3)).toThrow(/concentration0 to be positive/);
  });

  it('whole numbers without an end contain those with one', () => {
    expect(isWithin(binomial(3, { probs: 0.5 }).support, poisson(1).support)).toBe(true);
    expect(isWithin(poisson(1).support, binomial(3, { probs: 0.5 }).support)).toBe(false);
    expect(integers(2, Infinity).words).toBe('a whole number of at least 2');
    expect(integers(0, Infinity).closure.entry(Infinity, 0, 0)).toBe(false);
  });
});

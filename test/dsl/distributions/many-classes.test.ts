/** Laws of counts over classes, and of classes that are ordered: probabilities in double precision, draws, edges. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type Distribution, type Tensor, categorical, dirichlet } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  betaBinomial,
  binomial,
  countVectors,
  dirichletMultinomial,
  discreteUniform,
  integers,
  isWithin,
  klDivergence,
  multinomial,
  orderedLogistic,
} from 'marginalia/distributions';
import { checkClosedFormKl } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { column, mean, rowsOf, sum, variance } from '../../../src/testing/statistics/numbers.js';
import { logGamma } from '../numerics/gamma-in-double.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const logFactorial = (k: number): number => logGamma(k + 1);

const near = (received: number, wanted: number, slack: number): void =>
  expect(Math.abs(received - wanted), `${received} for ${wanted}`).toBeLessThanOrEqual(
    slack * (1 + Math.abs(wanted)),
  );

/** Counts of up to some hundred thousands in a few classes, and positive float32 weights. */
const counted = fc.tuple(
  fc.array(fc.integer({ min: 0, max: 1e5 }), { minLength: 3, maxLength: 3 }),
  fc.array(
    fc.integer({ min: 1, max: 4096 }).map((n) => n / 64),
    { minLength: 3, maxLength: 3 },
  ),
);

describe('log p is the formula, in double precision, of', () => {
  it('a multinomial law', () => {
    fc.assert(
      fc.property(counted, ([k, weights]) => {
        const n = sum(k);
        const total = sum(weights);
        const exact = logFactorial(n) - sum(k.map(logFactorial));
        const chances = sum(k.map((x, i) => x * Math.log((weights[i] ?? NaN) / total)));
        const [log = NaN] = numbers(multinomial([n], { probs: weights }).logProb(tf.tensor1d(k)));
        near(log, exact + chances, 4e-6 + (n * 2e-7) / (1 + Math.abs(exact + chances)));
      }),
      { seed: 5, numRuns: 25 },
    );
  });

  it('a Dirichlet-multinomial law', () => {
    fc.assert(
      fc.property(counted, ([k, alpha]) => {
        const [n, a] = [sum(k), sum(alpha)];
        const parts = k.map(
          (x, i) => logGamma(x + (alpha[i] ?? NaN)) - logGamma(alpha[i] ?? NaN) - logFactorial(x),
        );
        const exact = logFactorial(n) + logGamma(a) - logGamma(n + a) + sum(parts);
        near(
          numbers(dirichletMultinomial(alpha, [n]).logProb(tf.tensor1d(k)))[0] ?? NaN,
          exact,
          2e-5,
        );
      }),
      { seed: 5, numRuns: 25 },
    );
  });

  it('ordered classes, far out in a tail as well', () => {
    const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
    const cuts = [-2, -1.5, 0.25];
    for (const eta of [-12, -1, 0.5, 9]) {
      const logs = numbers(orderedLogistic(eta, cuts).logProb(tf.range(0, 4)));
      const edges = [-Infinity, ...cuts, Infinity].map((c) => c - eta);
      logs.forEach((log, k) => {
        const [a = NaN, b = NaN] = [edges[k], edges[k + 1]];
        // Seen from the side where nothing cancels.
        const share = a > 0 ? logistic(-a) - logistic(-b) : logistic(b) - logistic(a);
        near(log, Math.log(share), 2e-6);
      });
    }
    const [far = NaN] = numbers(orderedLogistic(-100, [0, 1, 2]).logProb(tf.scalar(2)));
    near(far, -101 + Math.log1p(-Math.exp(-1)), 1e-6);
    expect(numbers(orderedLogistic(0, cuts).logProb(tf.tensor1d([-1, 4, 0.5])))).toEqual([
      -Infinity,
      -Infinity,
      -Infinity,
    ]);
  });
});

describe('a law over two classes is one of a count', () => {
  const k = tf.tensor2d([
    [0, 7],
    [3, 4],
    [7, 0],
  ]);
  const ones = tf.tensor1d([0, 3, 7]);
  it.each<readonly [string, Distribution, Distribution]>([
    ['multinomial', multinomial(7, { probs: [0.3, 0.7] }), binomial(7, { probs: 0.3 })],
    ['Dirichlet-multinomial', dirichletMultinomial([2, 0.5], 7), betaBinomial(2, 0.5, 7)],
  ])('%s', (_, many, one) => {
    const wanted = numbers(one.logProb(ones));
    numbers(many.logProb(k)).forEach((l, i) => near(l, wanted[i] ?? NaN, 1e-5));
  });
});

describe('draws', () => {
  // 1500 draws: each mean within six standard errors, which a sound sampler leaves once in 10⁸ runs.
  it('of large totals keep their sum and their spread', () => {
    for (const d of [
      multinomial([4e6], { probs: [0.2, 0.3, 0.5] }),
      dirichletMultinomial([20, 30, 50], [100_000]),
    ]) {
      const total = numbers(d.parameters['totalCount'])[0] ?? NaN;
      const rows = rowsOf(d.sampler.draw(noiseFor(d, [1500], 3)).value.dataSync(), 3);
      expect(rows.every((row) => sum(row) === total)).toBe(true);
      const [centres, spreads] = [numbers(d.mean?.()), numbers(d.variance?.())];
      for (const j of [0, 1, 2]) {
        const own = column(rows, j);
        const deviation = Math.sqrt(spreads[j] ?? NaN);
        expect(Math.abs(mean(own) - (centres[j] ?? NaN))).toBeLessThan((6 * deviation) / 38);
        expect(variance(own) / deviation ** 2).toBeCloseTo(1, 0);
      }
    }
  });

  it('fall into no class of weight 0, and all into a single one', () => {
    const d = multinomial([9], { probs: [0, 1, 0, 3] });
    const rows = rowsOf(d.sampler.draw(noiseFor(d, [50], 1)).value.dataSync(), 4);
    expect(rows.every(([a, , c]) => a === 0 && c === 0)).toBe(true);
    const one = multinomial(4, { logits: [0.3] });
    expect(numbers(one.sampler.draw(noiseFor(one, [2], 1)).value)).toEqual([4, 4]);
  });

  it('of whole numbers reach each of millions', () => {
    const d = discreteUniform([-(2 ** 21)], [2 ** 21 - 1]);
    const drawn = numbers(d.sampler.draw(noiseFor(d, [1500], 2)).value);
    expect(drawn.every((z) => Number.isInteger(z) && Math.abs(z) <= 2 ** 21)).toBe(true);
    // Odd numbers are half of them: within six standard errors.
    expect(Math.abs(drawn.filter((z) => z % 2 !== 0).length - 750)).toBeLessThan(6 * 20);
  });
});

describe('the closed-form KL', () => {
  it('is that of sums over values', () => {
    checkClosedFormKl({
      q: () => multinomial(4, { probs: [1, 2, 3] }),
      p: () => multinomial(4, { logits: [0.2, 0, -0.4] }),
    });
    checkClosedFormKl({ q: () => discreteUniform(2, 5), p: () => discreteUniform(0, 9) });
    checkClosedFormKl({
      q: () => orderedLogistic([0.3, -1], [-1, 1]),
      p: () => orderedLogistic(0, [-0.5, 2]),
    });
    checkClosedFormKl({
      q: () => categorical({ probs: [1, 2, 3] }),
      p: () => orderedLogistic(0, [-0.5, 2]),
    });
    checkClosedFormKl({
      q: () => orderedLogistic(0, [-0.5, 2]),
      p: () => categorical({ probs: [1, 2, 3] }),
    });
  });

  it('is infinite where values have no chance, and unknown between other totals', () => {
    expect(numbers(klDivergence(discreteUniform(0, 9), discreteUniform(2, 5)))).toEqual([Infinity]);
    const three = multinomial(3, { logits: [0, 0] });
    expect(klDivergence(three, multinomial(4, { logits: [0, 0] }))).toBeUndefined();
    expect(klDivergence(three, multinomial([3], { logits: [0, 0] }))).toBeUndefined();
    expect(klDivergence(three, multinomial(3, { logits: [0, 0, 0] }))).toBeUndefined();
  });
});

describe('at the edges', () => {
  it('other sums and negative counts have no chance, and finite gradients', () => {
    const value = tf.tensor2d([
      [2, 2],
      [4, -1],
      [1, 2],
      [3, 0],
    ]);
    for (const d of [multinomial(3, { probs: [0.5, 0.5] }), dirichletMultinomial([1, 2], 3)]) {
      expect(numbers(d.logProb(value)).map(Number.isFinite)).toEqual([false, false, true, true]);
      const slope = grad((z: Tensor) => tf.sum(d.logProb(z)))(value);
      expect(numbers(slope).every(Number.isFinite)).toBe(true);
    }
    const never = multinomial(3, { probs: [0, 1, 1] });
    expect(numbers(never.logProb(tf.tensor1d([1, 1, 1])))).toEqual([-Infinity]);
    expect(numbers(never.logProb(tf.tensor1d([0, 1, 2]))).every(Number.isFinite)).toBe(true);
  });

  it('values are listed up to a number of them', () => {
    expect(multinomial(3, { logits: [0, 0, 0] }).sampler.enumeration?.count).toBe(10);
    expect(multinomial(0, { logits: [0, 0, 0] }).sampler.enumeration?.count).toBe(1);
    expect(multinomial(90, { logits: [0, 0, 0] }).sampler.enumeration).toBeUndefined();
    expect(multinomial([3], { logits: [0, 0, 0] }).sampler.gradient).toBe('score');
    expect(discreteUniform(-2, 3).sampler.enumeration?.count).toBe(6);
    expect(discreteUniform(-2, 1e6).sampler.enumeration).toBeUndefined();
    expect(discreteUniform(-2, [3]).sampler.gradient).toBe('score');
  });

  it('supports of count vectors are told by their total', () => {
    expect(isWithin(multinomial(3, { logits: [0, 0] }).support, countVectors(3))).toBe(true);
    expect(isWithin(countVectors(3), countVectors(2))).toBe(false);
    expect(isWithin(countVectors(Number.NaN), countVectors(Number.NaN))).toBe(false);
    expect(isWithin(dirichlet([1, 1]).support, countVectors(1))).toBe(false);
    expect(isWithin(discreteUniform(1, 3).support, integers(0, 5))).toBe(true);
    expect(() => countVectors(1.5)).toThrow(/a total that is a whole number of at least 0/);
  });

  it('numbers outside a domain are refused', () => {
    expect(() => multinomial(2.5, { probs: [1, 1] })).toThrow(/totalCount to be a whole number/);
    expect(() => multinomial(2, { probs: [1, -1] })).toThrow(/multinomial: expected probs to be/);
    expect(() => dirichletMultinomial(1, 3)).toThrow(/or use betaBinomial for two classes/);
    expect(() => dirichletMultinomial([1, 0], 3)).toThrow(/concentration to be positive/);
    expect(() => discreteUniform(3, 1)).toThrow(/high - low to be at least 0, but got -2; swap/);
    expect(() => discreteUniform(0.5, 1)).toThrow(/low to be a whole number/);
    expect(() => orderedLogistic(0, 1)).toThrow(
      /give a vector of one fewer than there are classes/,
    );
    expect(() => orderedLogistic(0, [1, 1])).toThrow(/increasing, but got a step of 0/);
  });
});

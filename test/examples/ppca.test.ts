/** Principal components, probabilistic ones and factors: what the examples compute, and that they run. */
import { describe, expect, it } from 'vitest';
import {
  factorsByEm,
  firstFactors,
  logEvidence as ofFactors,
  rebuilt,
} from '../../examples/factor-analysis/em.js';
import { example as factorAnalysis } from '../../examples/factor-analysis/main.js';
import {
  type Matrix,
  momentsOf,
  multiply,
  plusDiagonal,
  transpose,
} from '../../examples/linear-algebra/index.js';
import { example as nonlinear } from '../../examples/nonlinear-factor-analysis/main.js';
import { example as autoencoder } from '../../examples/autoencoder/main.js';
import { example as pca } from '../../examples/pca/main.js';
import { largestLikelihood, logEvidence, logNormal } from '../../examples/ppca/exact.js';
import { example as ppca } from '../../examples/ppca/main.js';
import { foldIn, key } from 'marginalia';
import { randomNormal } from 'marginalia/random';
import { shownBy } from './gallery-run.js';

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** 200 data of 6 numbers on two components, with noise. */
const rows: Matrix = Array.from({ length: 200 }, (_, i) => {
  const z = randomNormal(foldIn(key(5), i), 8);
  const [a = 0, b = 0] = z;
  return [a, a + b, b - a, 2 * b, a - 2 * b, 0].map((x, k) => 1 + x + 0.5 * (z[2 + k] ?? 0));
});

const moments = momentsOf(rows);

describe('moments', () => {
  it('are means and covariances, divided by the number of data', () => {
    const { mean: middle, covariance } = momentsOf([
      [1, 5, 2],
      [3, 1, 2],
    ]);
    expect(middle).toEqual([2, 3, 2]);
    expect(covariance).toEqual([
      [1, -2, 0],
      [-2, 4, 0],
      [0, 0, 0],
    ]);
  });
});

describe('probabilistic principal components', () => {
  const largest = largestLikelihood(rows, 2);

  it('have the likelihood of their maximum, and less wherever a parameter is another', () => {
    expect(mean(logEvidence(largest, rows))).toBeCloseTo(largest.logLikelihood, 9);
    const others = [
      { ...largest, scale: 1.02 * largest.scale },
      { ...largest, mean: largest.mean.map((m) => m + 0.02) },
      { ...largest, weights: largest.weights.map((row) => row.map((w) => 1.02 * w)) },
    ];
    for (const other of others) {
      expect(mean(logEvidence(other, rows))).toBeLessThan(largest.logLikelihood);
    }
  });
});

describe('factor analysis by EM', () => {
  it('climbs in every round, past isotropic noise, to where a round moves nothing', () => {
    const first = firstFactors(moments, 2);
    const after = (n: number) => mean(ofFactors(factorsByEm(moments, first, n), rows));
    const climbed = [0, 1, 2, 5, 20, 1000].map(after);
    expect(climbed).toEqual(climbed.toSorted((a, b) => a - b));
    expect(climbed.at(-1)).toBeGreaterThan(largestLikelihood(rows, 2).logLikelihood);
    expect(after(1010) - after(1000)).toBeLessThan(1e-7);
    // At a maximum the model has the variance of each number.
    const { weights, noise } = factorsByEm(moments, first, 1000);
    const model = multiply(weights, transpose(weights));
    for (const [i, psi] of noise.entries()) {
      expect((model[i]?.[i] ?? 0) + psi).toBeCloseTo(moments.covariance[i]?.[i] ?? 0, 6);
    }
  });

  it('rebuilds data without noise from their factors', () => {
    const clean = rows.map((_, i) => {
      const [a = 0, b = 0] = randomNormal(foldIn(key(6), i), 2);
      return [a, b, a + b, a - b].map((x) => 2 + x);
    });
    const noisy = clean.map((row, i) =>
      row.map((x, k) => x + 1e-3 * (randomNormal(foldIn(key(7), i), 4)[k] ?? 0)),
    );
    const seen = momentsOf(noisy);
    const found = factorsByEm(seen, firstFactors(seen, 2), 50);
    for (const [i, row] of rebuilt(found, clean).entries()) {
      for (const [k, x] of row.entries()) expect(x).toBeCloseTo(clean[i]?.[k] ?? 0, 2);
    }
  });

  it('has the density of a normal, computed without its covariance', () => {
    const found = factorsByEm(moments, firstFactors(moments, 2), 5);
    const covariance = plusDiagonal(multiply(found.weights, transpose(found.weights)), 0).map(
      (row, i) => row.map((v, j) => v + (i === j ? (found.noise[i] ?? 0) : 0)),
    );
    expect(mean(ofFactors(found, rows))).toBeCloseTo(
      mean(logNormal(rows, found.mean, covariance)),
      9,
    );
  });
});

describe('the example', () => {
  it.each([
    [pca, ['angles.svg', 'components.svg', 'digits.svg']],
    [ppca, ['likelihood.svg', 'bracket.svg']],
    [factorAnalysis, ['likelihood.svg', 'factors.svg']],
    [nonlinear, ['faces.svg', 'bound.svg']],
    [autoencoder, ['errors.svg', 'digits.svg']],
  ] as const)('$name leaves figures and pictures', async (example, pictures) => {
    const found = await shownBy(example, 3);
    expect(Object.keys(found.pictures)).toEqual(pictures);
    for (const picture of Object.values(found.pictures)) expect(picture).toMatch(/^<svg.*<\/svg>/s);
    expect(found.checks.every((check) => Number.isFinite(check.found))).toBe(true);
    expect(found.figures['data']).toMatch(/^drawn (digits|faces)/);
  });
});

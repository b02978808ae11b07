/** Laws of vectors, matrices and series: densities in double precision, divergences, edges. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, beta, key, multivariateNormal, sample, simulate } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import {
  autoregressive,
  gaussianRandomWalk,
  inverseGamma,
  inverseWishartCholesky,
  lkjCholesky,
  lowRankMultivariateNormal,
  multivariateStudentT,
  studentT,
  wishartCholesky,
} from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { digammaOf, logGamma } from '../numerics/gamma-in-double.js';
import {
  type Matrix,
  factor,
  inverse,
  logDiagonal,
  logNormalVector,
  matrixOf,
  sum,
  times,
  transposed,
} from './vectors-in-double.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const first = (x: Tensor | undefined): number => numbers(x)[0] ?? NaN;
const tensorOf = (a: Matrix): Tensor => tf.tensor2d(a.map((row) => [...row]));
const floats = (a: Matrix): Matrix => a.map((row) => row.map(Math.fround));

const near = (received: number, exact: number, slack = 3e-6): void =>
  expect(Math.abs(received - exact), `${received} for ${exact}`).toBeLessThanOrEqual(
    slack * (1 + Math.abs(exact)),
  );

/** Numbers of a series that has no pattern, from −1 to 1. */
const some = (n: number, seed: number): readonly number[] =>
  Array.from({ length: n }, (_, i) => Math.fround(Math.sin(seed + 1.7 * i * i + 0.3 * i)));

const lower = (k: number, seed: number): Matrix => {
  const entries = some(k * k, seed);
  return floats(
    matrixOf(k, (i, j) => {
      const x = entries[i * k + j] ?? 0;
      return i < j ? 0 : i === j ? Math.exp(x / 2) : x;
    }),
  );
};

describe('log p is the formula, in double precision, of', () => {
  it('multivariate normals by precision, and by its factor where the precision has lost it', () => {
    const z = some(4, 3);
    const c = lower(4, 1);
    const precision = times(c, transposed(c));
    const exact = logNormalVector(z, inverse(precision));
    const m = [0, 0, 0, 0];
    const value = tf.tensor1d([...z]);
    near(first(multivariateNormal(m, { precisionCholesky: tensorOf(c) }).logProb(value)), exact);
    near(
      first(multivariateNormal(m, { precision: tensorOf(precision) }).logProb(value)),
      exact,
      2e-5,
    );
    // C Cᵀ of this has no inverse in float32.
    const steep: Matrix = [
      [1, 0],
      [4096, 1 / 64],
    ];
    const d = multivariateNormal([0, 0], { precisionCholesky: tensorOf(steep) });
    const at = [1024, -0.25];
    near(
      first(d.logProb(tf.tensor1d(at))),
      logNormalVector(at, inverse(times(steep, transposed(steep)))),
    );
    const [sd = NaN] = numbers(d.variance?.()).map(Math.sqrt);
    near(sd, Math.sqrt(1 + (4096 * 64) ** 2), 1e-6);
  });

  it('normals of low rank, whose diagonal is far below the rest', () => {
    for (const [size, small] of [
      [1, 0.5],
      [30, 1e-6],
    ] as const) {
      const w = floats([0, 1, 2, 3].map((i) => some(2, i).map((x) => size * x)));
      const diagonal = some(4, 9).map((x) => Math.fround(small * (1.5 + x)));
      const squared = times(w, transposed(w));
      const covariance = matrixOf(
        4,
        (i, j) => (squared[i]?.[j] ?? NaN) + (i === j ? (diagonal[i] ?? NaN) : 0),
      );
      const u = [0.5, -1];
      const z = w.map((row, i) =>
        Math.fround(sum(row.map((x, l) => x * (u[l] ?? 0))) + Math.sqrt(small) * (i - 1)),
      );
      const d = lowRankMultivariateNormal([0, 0, 0, 0], tensorOf(w), [...diagonal]);
      // Float32 rounds w u by 1e-3 deviations of the diagonal; squares of 1e9 would leave nothing of their difference.
      near(
        first(d.logProb(tf.tensor1d([...z]))),
        logNormalVector(z, covariance),
        size > 1 ? 1e-3 : 2e-6,
      );
      const entropy = logDiagonal(factor(covariance)) + 2 * Math.log(2 * Math.PI * Math.E);
      near(first(d.entropy?.()), entropy, 1e-5);
      near(first(d.variance?.()), covariance[0]?.[0] ?? NaN);
    }
  });

  it('multivariate t laws, from a Cauchy to all but a normal one', () => {
    const l = lower(3, 5);
    const z = [0.5, -30, 2];
    const y = times(
      inverse(l),
      z.map((x) => [x]),
    );
    const squares = sum(y.map(([x = NaN]) => x * x));
    for (const v of [0.5, 1, 7, 1e5]) {
      const constant = logGamma((v + 3) / 2) - logGamma(v / 2) - 1.5 * Math.log(Math.PI * v);
      const exact = constant - logDiagonal(l) - ((v + 3) / 2) * Math.log1p(squares / v);
      const d = multivariateStudentT(v, [0, 0, 0], tensorOf(l));
      near(first(d.logProb(tf.tensor1d(z))), exact, 1e-5);
      const slope = ((v + 3) / 2) * (digammaOf((v + 3) / 2) - digammaOf(v / 2));
      near(first(d.entropy?.()), slope - constant + logDiagonal(l), 1e-5);
    }
    const far = multivariateStudentT(1, [0], [[1]]).logProb(tf.tensor1d([1e30]));
    near(first(far), -Math.log(Math.PI) - 60 * Math.log(10));
    const one = studentT(3, 1, 2).logProb(tf.scalar(0.3));
    near(first(multivariateStudentT(3, [1], [[2]]).logProb(tf.tensor1d([0.3]))), first(one));
  });

  it('factors of correlations, whose squares are beta numbers', () => {
    const rows: Matrix = [
      [1, 0, 0],
      [0.6, 0.8, 0],
      [-0.48, 0.6, 0.64],
    ];
    for (const eta of [0.3, 1, 5, 1e4]) {
      // Stan Reference Manual, by the constant of Lewandowski, Kurowicka and Joe.
      const logNormaliser = sum(
        [1, 2].map((i) => {
          const b = eta + (2 - i) / 2;
          return (i / 2) * Math.log(Math.PI) + logGamma(b) - logGamma(b + i / 2);
        }),
      );
      const exact =
        (1 + 2 * eta - 2) * Math.log(0.8) + (2 * eta - 2) * Math.log(0.64) - logNormaliser;
      near(first(lkjCholesky(3, eta).logProb(tensorOf(rows))), exact, 2e-6);
    }
    // Near the identity 1 less a square has no digits, and what is beside it has all.
    const r = 2 ** -12;
    const beside = tensorOf([
      [1, 0],
      [r, 1],
    ]);
    const constant = -0.5 * Math.log(Math.PI) - logGamma(1e6) + logGamma(1e6 + 0.5);
    near(
      first(lkjCholesky(2, 1e6).logProb(beside)),
      (1e6 - 1) * Math.log1p(-r * r) + constant,
      1e-5,
    );
    // (r + 1) / 2 is a beta number with two concentrations η.
    const one = beta(2.5, 2.5).logProb(tf.scalar(0.8));
    const pair = lkjCholesky(2, 2.5).logProb(
      tensorOf([
        [1, 0],
        [0.6, 0.8],
      ]),
    );
    near(first(pair), first(one) - Math.LN2);
  });

  const multigamma = (a: number, k: number): number =>
    (k * (k - 1) * Math.log(Math.PI)) / 4 +
    sum(Array.from({ length: k }, (_, i) => logGamma(a - i / 2)));
  const trace = (a: Matrix): number => sum(a.map((row, i) => row[i] ?? NaN));
  /** log of how the map from a factor to its square stretches. */
  const logStretch = (a: Matrix): number =>
    a.length * Math.LN2 + sum(a.map((row, i) => (a.length - i) * Math.log(row[i] ?? NaN)));

  it('factors of Wishart matrices, by the density of those', () => {
    const [l, a] = [lower(3, 2), lower(3, 4)];
    const scale = times(l, transposed(l));
    const w = times(a, transposed(a));
    for (const v of [2.5, 4, 300]) {
      const exact =
        (v - 4) * logDiagonal(a) -
        0.5 * trace(times(inverse(scale), w)) -
        1.5 * v * Math.LN2 -
        v * logDiagonal(l) -
        multigamma(v / 2, 3);
      const d = wishartCholesky(v, tensorOf(l));
      near(first(d.logProb(tensorOf(a))), exact + logStretch(a), 2e-6);
    }
  });

  it('factors of inverse Wishart matrices, by the density of those', () => {
    const [l, x] = [lower(3, 2), lower(3, 4)];
    const scale = times(l, transposed(l));
    const sigma = times(x, transposed(x));
    for (const v of [2.5, 4, 300]) {
      const exact =
        v * logDiagonal(l) -
        (v + 4) * logDiagonal(x) -
        0.5 * trace(times(scale, inverse(sigma))) -
        1.5 * v * Math.LN2 -
        multigamma(v / 2, 3);
      const d = inverseWishartCholesky(v, tensorOf(l));
      near(first(d.logProb(tensorOf(x))), exact + logStretch(x), 2e-6);
    }
    // Of one number, the root of an inverse gamma number.
    const one = inverseGamma(2.5, 2).logProb(tf.scalar(0.49));
    const root = inverseWishartCholesky(5, [[2]]).logProb(tensorOf([[0.7]]));
    near(first(root), first(one) + Math.log(2 * 0.7));
  });

  /** The covariance of n numbers of a series, from the system that they solve. */
  const covarianceOf = (phi: readonly number[], scale: number, n: number): Matrix => {
    const system = matrixOf(n, (i, j) => (i === j ? 1 : i > j ? -(phi[i - j - 1] ?? 0) : 0));
    const factors = inverse(system).map((row) => row.map((x) => x * scale));
    return times(factors, transposed(factors));
  };

  it('autoregressive series and random walks, as dense normal vectors', () => {
    const n = 8;
    const phi = [0.75, -0.5, 0.125];
    const initial = [1, -2, 0.5];
    const d = autoregressive(phi, 0.5, n, { initial });
    const covariance = covarianceOf(phi, 0.5, n);
    const mean = Array.from({ length: n }).reduce<readonly number[]>(
      (z) => [...z, sum(phi.map((c, k) => c * (z.at(-1 - k) ?? NaN)))],
      initial,
    );
    numbers(d.mean?.()).forEach((x, t) => near(x, mean[t + 3] ?? NaN));
    numbers(d.variance?.()).forEach((x, t) => near(x, covariance[t]?.[t] ?? NaN));
    const z = some(n, 6);
    const moved = z.map((x, t) => x - (mean[t + 3] ?? NaN));
    near(first(d.logProb(tf.tensor1d([...z]))), logNormalVector(moved, covariance));
    near(
      first(d.entropy?.()),
      logDiagonal(factor(covariance)) + (n / 2) * Math.log(2 * Math.PI * Math.E),
    );
    const walk = gaussianRandomWalk(0.5, n);
    const ofWalk = covarianceOf([1], 0.5, n);
    near(first(walk.logProb(tf.tensor1d([...z]))), logNormalVector(z, ofWalk));
    numbers(walk.variance?.()).forEach((x, t) => near(x, ofWalk[t]?.[t] ?? NaN));
    // A draw is the factor of the covariance times its noise.
    const e = some(n, 8);
    const { value } = d.sampler.draw([tf.tensor1d([...e])]);
    const exact = times(
      factor(covariance),
      e.map((x) => [x]),
    );
    numbers(value).forEach((x, t) => near(x, (exact[t]?.[0] ?? NaN) + (mean[t + 3] ?? NaN)));
  });

  it('a series that is longer than its lags and one that is not', () => {
    const short = autoregressive([0.5, 0.25, 0.125], 1, 2);
    near(first(short.logProb(tf.tensor1d([1, 1]))), -0.5 * (1 + 0.25) - Math.log(2 * Math.PI));
    const { value } = autoregressive([1], 1, 1000).sampler.draw([tf.ones([1000])]);
    expect(numbers(value).at(-1)).toBe(1000);
  });
});

describe('at the edges', () => {
  it('arguments are refused with what was expected', () => {
    expect(() => lkjCholesky(1, 1)).toThrow(
      /lkjCholesky: expected dimension to be a whole number of at least 2/,
    );
    expect(() => lkjCholesky(2, 0)).toThrow(/lkjCholesky: expected concentration to be positive/);
    expect(() =>
      wishartCholesky(1, [
        [1, 0],
        [0, 1],
      ]),
    ).toThrow(
      /wishartCholesky: expected concentration to be above 1, but got 1; take more degrees of freedom/,
    );
    expect(() => wishartCholesky(3, [1, 2])).toThrow(
      /scaleTril of shape \[..., k, k\], but got \[2\]/,
    );
    expect(() => inverseWishartCholesky(3, [[-1]])).toThrow(/scaleTril to be lower triangular/);
    expect(() => multivariateStudentT(3, 0, [[1]])).toThrow(/expected loc to be a vector/);
    expect(() => lowRankMultivariateNormal([0, 0], [[1]], [1, 1])).toThrow(
      /but got \[2\], \[1, 1\], \[2\]/,
    );
    expect(() => lowRankMultivariateNormal([0], [[1]], [0])).toThrow(/covDiag to be positive/);
    const none = sample('z', multivariateNormal([0], { precision: [[-1]] }));
    expect(() => simulate(none, { key: key(0) })).toThrow(
      /inverse of precision of MultivariateNormal to be lower/,
    );
    expect(() =>
      multivariateNormal([0, 0], {
        precision: [
          [1, 0.5],
          [0, 1],
        ],
      }),
    ).toThrow(/asymmetry of precision/);
    expect(() => autoregressive(0.5, 1, 3)).toThrow(/give \[coefficient\]/);
    expect(() => autoregressive([0.5], 1, 0)).toThrow(
      /numSteps to be a whole number of at least 1/,
    );
    expect(() => autoregressive([0.5], 1, 3, { initial: [1, 2] })).toThrow(
      /initial of shape \[..., 1\]/,
    );
  });

  it('moments that do not exist are no numbers', () => {
    const d = inverseWishartCholesky(2, [
      [1, 0],
      [0, 1],
    ]);
    expect(numbers(d.mean?.())[0]).toBeNaN();
    expect(numbers(d.variance?.())[3]).toBeNaN();
    expect(first(multivariateStudentT(1, [0], [[1]]).mean?.())).toBeNaN();
    expect(first(multivariateStudentT(2, [0], [[1]]).variance?.())).toBe(Infinity);
  });

  it('draws that float32 ends keep finite densities and gradients', () => {
    for (const d of [
      lkjCholesky(3, 0.02),
      wishartCholesky(1.05, [
        [1, 0],
        [1, 1],
      ]),
    ]) {
      const { value, preimage } = d.sampler.draw(noiseFor(d, [200], 4));
      expect(numbers(d.logProb(value)).every(Number.isFinite), d.family.name).toBe(true);
      expect(numbers(d.logProb(value, preimage)).every(Number.isFinite), d.family.name).toBe(true);
      const slope = grad((z: Tensor) => tf.sum(d.logProb(z)))(value);
      expect(numbers(slope).every(Number.isFinite), d.family.name).toBe(true);
    }
  });

  it('moments of large concentrations keep their digits', () => {
    // l₂₂² is a beta number with concentrations η and ½: its root varies by 1 / 8η².
    near(numbers(lkjCholesky(2, 1e3).variance?.())[3] ?? NaN, 1 / (8 * 1e3 ** 2), 1e-8);
    near(numbers(wishartCholesky(1e6, [[1]]).variance?.())[0] ?? NaN, 0.5, 1e-3);
  });
});

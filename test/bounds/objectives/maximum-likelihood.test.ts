/**
 * Model parameters learned together with the guide, against maximum likelihood in closed form:
 * variational expectation maximisation, probabilistic PCA and the linear autoencoder.
 */
import * as tf from '@tensorflow/tfjs';
import {
  delta,
  elbo,
  freeState,
  independent,
  key,
  mask,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from 'marginalia';
import { lowerCholesky, realVector } from 'marginalia/distributions';
import { lint, showLint } from 'marginalia/lint';
import { initializers } from 'marginalia/nn';
import { sigmaPoints } from '../../../src/testing/cases/linear-gaussian/index.js';
import { describe, expect, it } from 'vitest';
import { randomNormal } from '../../../src/random/index.js';
import { estimateAt } from '../estimate-at.js';
import { type TrainingEngine, trainIn } from '../../training/train-in.js';
import { numbers } from '../../training/train.js';

const bothEngines: readonly TrainingEngine[] = ['eager', 'compiled'];

type Matrix = readonly (readonly number[])[];

const rowsOf = (xs: ArrayLike<number>, width: number): Matrix =>
  Array.from({ length: xs.length / width }, (_, i) =>
    Array.from({ length: width }, (__, j) => xs[i * width + j] ?? NaN),
  );

const columnMeans = (rows: Matrix): readonly number[] =>
  (rows[0] ?? []).map((_, j) => rows.reduce((sum, r) => sum + (r[j] ?? NaN), 0) / rows.length);

/** The sample covariance, with division by n. */
const covarianceOf = (rows: Matrix): Matrix => {
  const mean = columnMeans(rows);
  return mean.map((a, i) =>
    mean.map(
      (b, j) =>
        rows.reduce((sum, r) => sum + ((r[i] ?? NaN) - a) * ((r[j] ?? NaN) - b), 0) / rows.length,
    ),
  );
};

interface Eigenpair {
  readonly value: number;
  readonly vector: readonly number[];
}

/** Eigenpairs of a symmetric matrix, largest first, by Jacobi's rotations. */
const eigen = (symmetric: Matrix): readonly Eigenpair[] => {
  const n = symmetric.length;
  const a = symmetric.map((row) => [...row]);
  const v = a.map((_, i) => a.map((__, j): number => (i === j ? 1 : 0)));
  const get = (m: number[][], i: number, j: number): number => m[i]?.[j] ?? NaN;
  const set = (m: number[][], i: number, j: number, x: number): void => {
    const row = m[i];
    if (row) row[j] = x;
  };
  for (let sweep = 0; sweep < 30; sweep += 1) {
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        const angle = 0.5 * Math.atan2(2 * get(a, p, q), get(a, q, q) - get(a, p, p));
        const [c, s] = [Math.cos(angle), Math.sin(angle)];
        for (let k = 0; k < n; k += 1) {
          const [x, y] = [get(a, k, p), get(a, k, q)];
          set(a, k, p, c * x - s * y);
          set(a, k, q, s * x + c * y);
        }
        for (let k = 0; k < n; k += 1) {
          const [x, y] = [get(a, p, k), get(a, q, k)];
          set(a, p, k, c * x - s * y);
          set(a, q, k, s * x + c * y);
          const [vx, vy] = [get(v, k, p), get(v, k, q)];
          set(v, k, p, c * vx - s * vy);
          set(v, k, q, s * vx + c * vy);
        }
      }
    }
  }
  return a
    .map((_, i) => ({ value: get(a, i, i), vector: v.map((row) => row[i] ?? NaN) }))
    .toSorted((x, y) => y.value - x.value);
};

/** The orthogonal projection onto the span of some vectors, by Gram and Schmidt. */
const projection = (vectors: Matrix): Matrix => {
  const basis = vectors.reduce<Matrix>((found, v) => {
    const rest = found.reduce<readonly number[]>((w, b) => {
      const along = w.reduce((sum, x, i) => sum + x * (b[i] ?? NaN), 0);
      return w.map((x, i) => x - along * (b[i] ?? NaN));
    }, v);
    const length = Math.hypot(...rest);
    return [...found, rest.map((x) => x / length)];
  }, []);
  const size = vectors[0]?.length ?? 0;
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) =>
      basis.reduce((sum, b) => sum + (b[i] ?? NaN) * (b[j] ?? NaN), 0),
    ),
  );
};

const distance = (a: Matrix, b: Matrix): number =>
  Math.hypot(...a.flatMap((row, i) => row.map((x, j) => x - (b[i]?.[j] ?? NaN))));

/** Forty points in four dimensions, two of them wide. */
const points = ((): Matrix => {
  const mixing = [
    [1.5, 0.5, -0.5, 1],
    [-0.3, 1.1, 0.9, 0.2],
  ];
  const latents = rowsOf(randomNormal(key(11), 80), 2);
  const noise = rowsOf(randomNormal(key(12), 160), 4);
  return latents.map((z, i) =>
    [0, 1, 2, 3].map(
      (j) =>
        0.5 * j +
        0.3 * (noise[i]?.[j] ?? NaN) +
        mixing.reduce((sum, row, k) => sum + (row[j] ?? NaN) * (z[k] ?? NaN), 0),
    ),
  );
})();

const size = points.length;
const spectrum = eigen(covarianceOf(points));

describe('variational expectation maximisation', () => {
  it.each(bothEngines)('learns the deviation of 10,000 draws of N(3, 5), %s', async (engine) => {
    const data = tf.tensor1d(randomNormal(key(5), 10_000).map((e) => 3 + 5 * e));
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const s = yield* param('s', 1, { support: positive });
      yield* plate('data', 10_000, observe('x', normal(z, s), data));
    });
    const guide = program(function* () {
      const loc = yield* param('loc', 0);
      const scale = yield* param('scale', 1, { support: positive });
      yield* sample('z', normal(loc, scale));
    });
    // Gradients start a hundred times larger than they end, so they must be forgotten soon.
    const plan = { steps: 200, rate: 0.1, b2: 0.9 };
    const state = await trainIn(engine, { model, guide }, elbo(), plan);
    const { params } = state;
    expect(Math.abs(Math.exp(numbers(params, 's')[0] ?? NaN) - 5)).toBeLessThan(0.2);
    expect(Math.abs((numbers(params, 'loc')[0] ?? NaN) - 3)).toBeLessThan(0.3);
    data.dispose();
    freeState(state);
  });
});

describe('probabilistic PCA', () => {
  const kept = 2;
  const dimensions = 4;
  const discarded = spectrum.slice(kept);
  const noiseVariance = discarded.reduce((sum, e) => sum + e.value, 0) / discarded.length;
  /** The maximised log likelihood (Tipping and Bishop 1999, section 3.2). */
  const logLikelihood =
    -0.5 *
    size *
    (spectrum.slice(0, kept).reduce((sum, e) => sum + Math.log(e.value), 0) +
      (dimensions - kept) * Math.log(noiseVariance) +
      dimensions * (1 + Math.log(2 * Math.PI)));

  const model = program(function* () {
    const weights = yield* param(
      'weights',
      initializers.normalInitializer(0.5)([kept, dimensions]),
    );
    const offset = yield* param('offset', tf.tensor1d([...columnMeans(points)]));
    const noise = yield* param('noise', 1, { support: positive });
    yield* plate(
      'data',
      size,
      program(function* () {
        const z = yield* sample('z', independent(normal(tf.zeros([kept]), 1)));
        const mean = tf.add(tf.dot(tf.reshape(z, [-1, kept]), weights), offset);
        const shaped = tf.reshape(mean, [...z.shape.slice(0, -1), dimensions]);
        yield* observe('x', independent(normal(shaped, noise)), points);
      }),
    );
  });
  const guide = program(function* () {
    const weights = yield* param(
      'encoder',
      initializers.normalInitializer(0.1)([dimensions, kept]),
    );
    const centre = columnMeans(points);
    const scaleTril = yield* param('tril', tf.eye(kept), { support: lowerCholesky });
    const centred = tf.tensor2d(points.map((r) => r.map((x, j) => x - (centre[j] ?? NaN))));
    yield* plate(
      'data',
      size,
      sample('z', multivariateNormal(tf.dot(centred, weights), { scaleTril })),
    );
  });

  it('gives no occasion for advice', () => {
    expect(showLint(lint(model, guide, elbo({ particles: 8 })))).toBe('Nothing found.');
  });

  it.each(bothEngines)('is reached by a linear-Gaussian autoencoder, %s', async (engine) => {
    const plan = { steps: 400, rate: 0.08, b2: 0.999 };
    const state = await trainIn(engine, { model, guide }, elbo({ particles: 8 }), plan);
    const { params } = state;
    const { particles, noise } = sigmaPoints([{ site: 'z', size: kept }]);
    const { value } = estimateAt(model, guide, elbo({ particles }), { noise, params });
    expect(value).toBeLessThanOrEqual(logLikelihood + 1e-3);
    expect((logLikelihood - value) / size).toBeLessThan(0.005);
    expect(Math.exp(2 * (numbers(params, 'noise')[0] ?? NaN))).toBeCloseTo(noiseVariance, 2);
    const span = projection(rowsOf(numbers(params, 'weights'), dimensions));
    const leading = projection(spectrum.slice(0, kept).map((e) => e.vector));
    expect(distance(span, leading)).toBeLessThan(0.05);
    freeState(state);
  });
});

describe('linear autoencoder', () => {
  it.each(bothEngines)("spans the principal components' subspace, %s", async (engine) => {
    const codes = 2;
    const centre = columnMeans(points);
    const centred = points.map((r) => r.map((x, j) => x - (centre[j] ?? NaN)));
    const weights = (name: string, rows: number, columns: number) =>
      shared(param(name, initializers.normalInitializer(0.3)([rows, columns])));
    const model = program(function* () {
      const decoder = yield* weights('decoder', codes, 4);
      yield* plate(
        'data',
        size,
        program(function* () {
          // The code's prior is masked away, which leaves the squared error alone.
          const prior = mask(independent(normal(tf.zeros([codes]), 1)), 0);
          const z = yield* sample('z', prior);
          yield* observe('x', independent(normal(tf.dot(z, decoder), 1)), centred);
        }),
      );
    });
    const guide = program(function* () {
      const encoder = yield* weights('encoder', 4, codes);
      const code = tf.dot(tf.tensor2d(centred), encoder);
      yield* plate('data', size, sample('z', delta(code, { support: realVector })));
    });
    const plan = { steps: 250, rate: 0.05, b2: 0.999 };
    const state = await trainIn(engine, { model, guide }, elbo(), plan);
    const { params } = state;
    const leading = projection(spectrum.slice(0, codes).map((e) => e.vector));
    const decoded = projection(rowsOf(numbers(params, 'decoder'), 4));
    expect(distance(decoded, leading)).toBeLessThan(0.02);
    freeState(state);
  });
});

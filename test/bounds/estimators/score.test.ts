/**
 * The score function: its baseline, what counts as a site's cost, and where a density comes from.
 * Unless a test says otherwise noise visits every outcome as often as it is probable, and no chance
 * is involved.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  bernoulli,
  bijectors,
  categorical,
  elbo,
  foldIn,
  key,
  mixture,
  normal,
  observe,
  param,
  plate,
  program,
  real,
  sample,
  transformed,
} from 'marginalia';
import type { Bijector } from 'marginalia/distributions';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { type Found, derivationOf, estimateAt } from '../estimate-at.js';

const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));
const logNormal = (x: number, mean: number): number =>
  -0.5 * (x - mean) ** 2 - 0.5 * Math.log(2 * Math.PI);

const gradientOf = ({ gradients }: Found, name: string): readonly number[] => gradients[name] ?? [];

const expectAll = (found: readonly number[], exact: readonly number[], digits = 4): void => {
  expect(found).toHaveLength(exact.length);
  found.forEach((x, i) => expect(x).toBeCloseTo(exact[i] ?? NaN, digits));
};

/** The derivative of a function of one number, by central differences. */
const slope = (f: (x: number) => number, at: number): number =>
  (f(at + 1e-4) - f(at - 1e-4)) / 2e-4;

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
const variance = (xs: readonly number[]): number => {
  const centre = mean(xs);
  return xs.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (xs.length - 1);
};

describe('the leave-one-out baseline', () => {
  const x = 2;
  const model = program(function* () {
    const z = yield* sample('z', bernoulli({ probs: 0.5 }));
    yield* observe('x', normal(z, 1), x);
  });
  const guide = program(function* () {
    yield* sample('z', bernoulli({ logits: yield* param('l', 0) }));
  });
  const logits = Math.log(3);
  const bound = (l: number): number => {
    const q = sigmoid(l);
    return [1 - q, q].reduce(
      (sum, p, z) => sum + p * (Math.log(0.5) - Math.log(p) + logNormal(x, z)),
      0,
    );
  };
  const exact = slope(bound, logits);
  const score = (
    particles: number,
    baseline: 'leaveOneOut' | 'none',
    noise: NoiseSource,
  ): number => {
    const params = { l: tf.scalar(logits) };
    const objective = elbo({ particles, baseline, discrete: 'score', closedFormKl: 'never' });
    const found = gradientOf(estimateAt(model, guide, objective, { noise, params }), 'l')[0] ?? NaN;
    params.l.dispose();
    return found;
  };

  it('leaves the gradient of a balanced sample, times K / (K − 1)', () => {
    // Where every outcome occurs in proportion, the other particles' mean is (S − cost) / (K − 1).
    const noise: NoiseSource = (_site, _block, _noise, batch) =>
      tf.tensor([0.1, 0.3, 0.6, 0.9], [...batch]);
    expect(score(4, 'none', noise)).toBeCloseTo(exact, 5);
    expect(score(4, 'leaveOneOut', noise)).toBeCloseTo((exact * 4) / 3, 5);
  });

  it('is unbiased and lowers the variance', () => {
    const draws = (baseline: 'leaveOneOut' | 'none'): readonly number[] =>
      Array.from({ length: 120 }, (_, i) => score(3, baseline, keyedNoise(foldIn(key(7), i))));
    const [plain, centred] = [draws('none'), draws('leaveOneOut')];
    // Beyond 4.7 standard errors of 120 draws: a false alarm has probability 7e-6 each.
    for (const found of [plain, centred]) {
      const error = Math.sqrt(variance(found) / found.length);
      expect(Math.abs(mean(found) - exact)).toBeLessThan(4.7 * error);
    }
    // The variances differ by a factor of about 50, known to 30% from 120 draws: a factor below 10
    // would be five such errors off in its logarithm, a false alarm of probability below 1e-6.
    expect(variance(centred)).toBeLessThan(0.1 * variance(plain));
  });

  it('is absent with one particle, which the derivation says', () => {
    const explain = (particles: number): string =>
      derivationOf(model, guide, elbo({ particles, discrete: 'score' }), {
        l: tf.scalar(0),
      }).latents[0]?.why ?? '';
    expect(explain(1)).toContain('no baseline');
    expect(explain(2)).toContain('the mean of the other particles');
  });
});

/** The four equally probable pairs of quarters of each of two sites or elements. */
const pairs = Array.from({ length: 16 }, (_, i) => [
  (0.5 + (i % 4)) / 4,
  (0.5 + Math.floor(i / 4)) / 4,
]);

describe('the cost of a site', () => {
  const logits = [Math.log(3), -Math.log(3)];
  /** E over two bits of the log ratio, with a likelihood of their sum. */
  const bound =
    (logLikelihood: (sum: number) => number) =>
    (l: readonly number[]): number =>
      [0, 1, 2, 3].reduce((total, s) => {
        const bits = [s % 2, Math.floor(s / 2)];
        const chances = bits.map((b, i) =>
          b === 1 ? sigmoid(l[i] ?? NaN) : sigmoid(-(l[i] ?? NaN)),
        );
        const logQ = chances.reduce((sum, p) => sum + Math.log(p), 0);
        const value = 2 * Math.log(0.5) - logQ + logLikelihood((bits[0] ?? 0) + (bits[1] ?? 0));
        return total + Math.exp(logQ) * value;
      }, 0);
  const exact = (logLikelihood: (sum: number) => number): readonly number[] =>
    logits.map((at, i) =>
      slope((x) => bound(logLikelihood)(logits.map((l, j) => (i === j ? x : l))), at),
    );
  const bits = plate(
    'a',
    2,
    program(function* () {
      return yield* sample('z', bernoulli({ logits: yield* param('l', 0) }));
    }),
  );

  it.each([2, 3])('has all of another plate, of %d elements on the same axis', (size) => {
    const data = [0.5, 2, -1].slice(0, size);
    const model = program(function* () {
      const z = yield* plate('a', 2, sample('z', bernoulli({ probs: 0.5 })));
      yield* plate('b', size, observe('x', normal(tf.sum(z, -1, true), 1), data));
    });
    const params = { l: tf.tensor1d(logits) };
    const objective = elbo({ discrete: 'score', particles: 16, baseline: 'none' });
    const noise: NoiseSource = (_site, _block, _noise, batch) =>
      tf.tensor(pairs.flat(), [...batch]);
    const found = estimateAt(model, bits, objective, { noise, params });
    const likelihood = (sum: number) => data.reduce((total, x) => total + logNormal(x, sum), 0);
    expect(found.value).toBeCloseTo(bound(likelihood)(logits), 4);
    expectAll(gradientOf(found, 'l'), exact(likelihood));
    // Summation would need every element at once, so it is not chosen, and the reason is given.
    const [latent] = derivationOf(model, bits, elbo(), params).latents;
    expect(latent?.estimator.name).toBe('scoreFunction');
    expect(latent?.why).toContain('outside its plate');
    tf.dispose(params);
  });

  it('has all of its own plate where a site outside lies between', () => {
    const data = [0.5, 2];
    const model = program(function* () {
      const z = yield* plate('a', 2, sample('z', bernoulli({ probs: 0.5 })));
      const w = yield* sample('w', normal(tf.sum(z, -1), 1));
      yield* plate('a', 2, observe('x', normal(w, 1), data));
    });
    const guide = program(function* () {
      yield* sample('w', normal(tf.sum(yield* bits, -1), 0.5));
    });
    // w is N(sum, 0.5) against N(sum, 1): its divergence is a constant.
    const constant = Math.log(0.5) - 0.5 * (0.25 - 1);
    const likelihood = (sum: number) =>
      constant + data.reduce((total, x) => total + logNormal(x, sum) - 0.125, 0);
    const params = { l: tf.tensor1d(logits) };
    const found = pairs.flatMap((u) =>
      [1, -1].map((w) =>
        estimateAt(model, guide, elbo({ discrete: 'score' }), {
          noise: (site, _block, _noise, batch) => tf.tensor(site === 'z' ? u : [w], [...batch]),
          params,
        }),
      ),
    );
    expect(mean(found.map((f) => f.value))).toBeCloseTo(bound(likelihood)(logits), 4);
    expectAll(
      [0, 1].map((i) => mean(found.map((f) => gradientOf(f, 'l')[i] ?? NaN))),
      exact(likelihood),
    );
    tf.dispose(params);
  });

  it('has a whole row or column where plates cross', () => {
    const data = [
      [0.5, 2],
      [-1, 1.5],
    ];
    const down = { size: 2, axis: -2 };
    const across = { size: 2, axis: -1 };
    const model = program(function* () {
      const r = yield* plate('rows', down, sample('r', bernoulli({ probs: 0.5 })));
      const c = yield* plate('columns', across, sample('c', bernoulli({ probs: 0.5 })));
      const cell = observe('x', normal(tf.add(r, tf.mul(c, 2)), 1), data);
      yield* plate('rows', down, plate('columns', across, cell));
    });
    const bit = (name: 'r' | 'c') =>
      program(function* () {
        yield* sample(name, bernoulli({ logits: yield* param(`${name} logits`, 0) }));
      });
    const guide = program(function* () {
      yield* plate('rows', down, bit('r'));
      yield* plate('columns', across, bit('c'));
    });
    // Logits of both rows, then of both columns; every cell has a row's bit and a column's.
    const at = [Math.log(3), 0, -Math.log(3), Math.log(3)];
    const value = (l: readonly number[]): number => {
      const chance = (i: number, b: number): number => sigmoid((2 * b - 1) * (l[i] ?? NaN));
      const prior = [0, 1, 2, 3].reduce(
        (sum, i) => [0, 1].reduce((s, b) => s + chance(i, b) * Math.log(0.5 / chance(i, b)), sum),
        0,
      );
      return [0, 1, 2, 3].reduce((sum, s) => {
        const [r, c] = [s % 2, Math.floor(s / 2)];
        return data.reduce(
          (inner, row, i) =>
            row.reduce(
              (t, x, j) => t + chance(i, r) * chance(2 + j, c) * logNormal(x, r + 2 * c),
              inner,
            ),
          sum,
        );
      }, prior);
    };
    const exactly = at.map((x, i) => slope((y) => value(at.map((l, j) => (i === j ? y : l))), x));
    const digit = (particle: number, place: number): number =>
      (0.5 + (Math.floor(particle / 4 ** place) % 4)) / 4;
    const noise: NoiseSource = (site, _block, _noise, batch) =>
      tf.tensor(
        Array.from({ length: 512 }, (_, i) =>
          digit(Math.floor(i / 2), (site === 'r' ? 0 : 2) + (i % 2)),
        ),
        [...batch],
      );
    const params = {
      'r logits': tf.tensor2d([at.slice(0, 1), at.slice(1, 2)]),
      'c logits': tf.tensor1d(at.slice(2)),
    };
    for (const discrete of ['enumerate', 'score'] as const) {
      const objective = elbo({ discrete, particles: 256, baseline: 'none' });
      const found = estimateAt(model, guide, objective, { noise, params });
      expect(found.value).toBeCloseTo(value(at), 3);
      expectAll([...gradientOf(found, 'r logits'), ...gradientOf(found, 'c logits')], exactly, 3);
    }
    tf.dispose(params);
  });

  it('has only its own element within a plate', () => {
    const model = plate(
      'a',
      2,
      program(function* () {
        const z = yield* sample('z', bernoulli({ probs: 0.5 }));
        yield* observe('x', normal(z, 1), [0.5, 2]);
      }),
    );
    const params = { l: tf.tensor1d(logits) };
    const at = (u: readonly number[]): readonly number[] =>
      gradientOf(
        estimateAt(model, bits, elbo({ discrete: 'score', particles: 2 }), {
          noise: (_site, _block, _noise, batch) => tf.tensor([...u], [...batch]),
          params,
        }),
        'l',
      );
    const before = at([0.1, 0.1, 0.9, 0.9]);
    const after = at([0.1, 0.1, 0.9, 0.1]);
    expect(after[0]).toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    tf.dispose(params);
  });
});

describe('what a density depends on', () => {
  const guide = program(function* () {
    yield* sample('z', bernoulli({ logits: yield* param('l', 0) }));
  });
  const half = (): ReturnType<typeof bernoulli> => bernoulli({ probs: 0.5 });
  const shiftBy = (shift: tf.Tensor): Bijector<typeof real> => ({
    ...bijectors.affine(0, 1),
    name: 'shift',
    parameters: [],
    forward: (x) => tf.add(x, shift),
    inverse: (y) => tf.sub(y, shift),
  });
  const twins: Readonly<Record<string, Program<unknown, unknown>>> = {
    'a parameter': program(function* () {
      yield* observe('x', normal(yield* sample('z', half()), 1), 1);
    }),
    'a bijector': program(function* () {
      const shift = bijectors.affine(yield* sample('z', half()), 1);
      yield* observe('x', transformed(normal(0, 1), shift), 1);
    }),
    'a bijector that names no parameters': program(function* () {
      yield* observe('x', transformed(normal(0, 1), shiftBy(yield* sample('z', half()))), 1);
    }),
    'an observed value': program(function* () {
      yield* observe('x', normal(0, 1), tf.sub(1, yield* sample('z', half())));
    }),
  };

  it.each(Object.entries(twins))('is seen through %s', (_, model) => {
    const params = { l: tf.scalar(Math.log(3)) };
    const noise: NoiseSource = (_site, _block, _noise, batch) =>
      tf.tensor([0.1, 0.3, 0.6, 0.9], [...batch]);
    const exact =
      0.75 * (logNormal(1, 1) + Math.log(0.5 / 0.75)) + 0.25 * (logNormal(1, 0) + Math.log(2));
    for (const discrete of ['enumerate', 'score'] as const) {
      const objective = elbo({ discrete, particles: 4, baseline: 'none' });
      const found = estimateAt(model, guide, objective, { noise, params });
      expect(found.value).toBeCloseTo(exact, 5);
      // q (1 − q) times what the two outcomes are worth against each other.
      expectAll(gradientOf(found, 'l'), [0.1875 * (0.5 - Math.log(3))]);
    }
    tf.dispose(params);
  });

  it('counts nothing for a class that the guide never takes', () => {
    const impossible = tf.tensor1d([-Infinity]);
    const model = program(function* () {
      const z = yield* sample('z', categorical({ probs: [0.5, 0.5, 0] }));
      yield* observe('x', normal(z, 1), 1);
    });
    const masked = program(function* () {
      const free = tf.stack([yield* param('l', 0), tf.scalar(0)]);
      yield* sample('z', categorical({ logits: tf.concat([free, impossible]) }));
    });
    const params = { l: tf.scalar(-Math.log(3)) };
    for (const closedFormKl of ['whereValid', 'never'] as const) {
      const at = { noise: keyedNoise(key(0)), params };
      const found = estimateAt(model, masked, elbo({ closedFormKl }), at);
      expectAll(gradientOf(found, 'l'), [-0.1875 * (0.5 - Math.log(3))]);
    }
    tf.dispose([params, impossible]);
  });
});

describe('a continuous site without a pathwise gradient', () => {
  const model = program(function* () {
    yield* observe('x', normal(yield* sample('z', normal(0, 1)), 1), 1);
  });
  const guideFrom = (family: (loc: tf.Tensor) => ReturnType<typeof normalLike>) =>
    program(function* () {
      yield* sample('z', family(yield* param('m', 0)));
    });
  /** A mixture of one component: a normal that the engine may not differentiate through. */
  const normalLike = (loc: tf.Tensor) =>
    mixture(categorical({ probs: [1] }), normal(tf.expandDims(loc, -1), 0.8));
  const params = (): { readonly m: tf.Tensor } => ({ m: tf.scalar(0.2) });
  const objective = elbo({ particles: 2000 });

  it('has the same gradient behind a bijector that changes nothing', () => {
    const at = { noise: keyedNoise(key(2)), params: params() };
    const plain = estimateAt(model, guideFrom(normalLike), objective, at);
    const behind = guideFrom((m) => transformed(normalLike(m), bijectors.affine(0, 1)));
    const found = estimateAt(model, behind, objective, at);
    expectAll(gradientOf(found, 'm'), gradientOf(plain, 'm'));
    tf.dispose(at.params);
  });

  it('agrees with the pathwise gradient', () => {
    const draws = Array.from({ length: 20 }, (_, i) => {
      const at = { noise: keyedNoise(foldIn(key(3), i)), params: params() };
      const found = gradientOf(estimateAt(model, guideFrom(normalLike), objective, at), 'm')[0];
      tf.dispose(at.params);
      return found ?? NaN;
    });
    // d/dm of −½ m² − ½ (1 − m)²; beyond 6.5 standard errors of 20 batches: probability 3e-6.
    const error = Math.sqrt(variance(draws) / draws.length);
    expect(Math.abs(mean(draws) - 0.6)).toBeLessThan(6.5 * error);
    expect(error).toBeLessThan(0.02);
  });
});

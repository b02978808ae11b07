/** Estimators without bias, each at the sites of small models whose gradients are known. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  categorical,
  elbo,
  factor,
  independent,
  iwae,
  mask,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
} from 'marginalia';
import {
  type Estimator,
  enumeration,
  measureValued,
  pathwise,
  scoreFunction,
} from 'marginalia/estimators';
import { enumerate } from 'marginalia/handlers';
import { betaElbo, cubo, tailAdaptive, varGrad } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';
import {
  DRAWS,
  entry,
  expectMean,
  gradientsOf,
  mean,
  means,
  sigmoid,
  variance,
} from '../gradient-draws.js';

const estimatorsOf: readonly (readonly [string, Estimator, number])[] = [
  ['score function', scoreFunction({ baseline: 'none' }), 1],
  ['score function, leave-one-out', scoreFunction(), 3],
  ['score function, running average', scoreFunction({ baseline: 'runningAverage' }), 1],
  ['measure-valued', measureValued(), 1],
  ['measure-valued, two particles', measureValued(), 2],
];

describe('a bit that a later bit depends on', () => {
  const model = program(function* () {
    const z = yield* sample('z', bernoulli({ probs: 0.4 }));
    const w = yield* sample('w', bernoulli({ logits: tf.sub(tf.mul(z, 1.5), 0.5) }));
    const loc = tf.add(tf.mul(z, 1.2), tf.mul(w, tf.sub(2, z)));
    yield* observe('x', normal(loc, 1), 1.7);
  });
  const guide = program(function* () {
    const l = yield* param('l', [0, 0, 0]);
    const z = yield* sample('z', bernoulli({ logits: entry(l, 0) }));
    yield* sample('w', bernoulli({ logits: tf.add(entry(l, 1), tf.mul(entry(l, 2), z)) }));
  });
  const start = { l: [0.4, -0.3, 0.8] };
  const exact = means(gradientsOf(model, guide, elbo(), start, 2));

  it.each(estimatorsOf)('%s at both', (_, e, particles) => {
    const objective = elbo({ particles, estimators: { z: e, w: e } });
    expectMean(gradientsOf(model, guide, objective, start, DRAWS), exact);
  });

  it.each(estimatorsOf)('%s at the first, the second summed', (_, e, particles) => {
    const objective = elbo({ particles, estimators: { z: e, w: enumeration() } });
    expectMean(gradientsOf(model, guide, objective, start, DRAWS), exact);
  });

  it.each([1, 2.5])('measure-valued with sampled divergences, times %d', (beta) => {
    const weighed = betaElbo({
      beta,
      closedFormKl: 'never',
      estimators: { z: measureValued(), w: measureValued() },
    });
    const known = means(gradientsOf(model, guide, betaElbo({ beta }), start, 2));
    expectMean(gradientsOf(model, guide, weighed, start, DRAWS), known);
  });
});

describe('a masked bit that a later number depends on', () => {
  const masked = (logits: Tensor | number) => mask(bernoulli({ logits }), 0);
  const model = program(function* () {
    const z = yield* sample('z', masked(0.3));
    yield* sample('c', normal(z, 1));
  });
  const guide = program(function* () {
    const z = yield* sample('z', masked(entry(yield* param('l', [0]), 0)));
    yield* sample('c', normal(tf.mul(z, 0.5), 0.8));
  });
  const start = { l: [-0.5] };
  // KL(N(z / 2, 0.8²) ‖ N(z, 1)) has 1/8 more where z is 1; z itself has no term.
  const exact = { l0: (-1 / 8) * sigmoid(-0.5) * sigmoid(0.5) };

  it.each([
    ['summed', elbo()],
    ['score', elbo({ discrete: 'score', particles: 3 })],
    [
      'score of one',
      elbo({ discrete: 'score', estimators: { z: scoreFunction({ baseline: 'none' }) } }),
    ],
    ['score of weights', iwae({ particles: 1 })],
    ['VarGrad', varGrad({ particles: 3 })],
  ])('has the gradient of its law: %s', (_, objective) => {
    expectMean(gradientsOf(model, guide, objective, start, DRAWS), exact);
  });

  it('adds nothing to exact sums where nothing depends on it', () => {
    const two = program(function* () {
      const z = yield* sample('z', bernoulli({ probs: 0.3 }));
      yield* sample('none', masked(1));
      yield* observe('x', bernoulli({ probs: tf.add(0.2, tf.mul(z, 0.5)) }), 1);
    });
    const evidence = enumerate(two).logEvidence;
    expect(evidence.dataSync()[0]).toBeCloseTo(Math.log(0.7 * 0.2 + 0.3 * 0.7), 6);
  });

  it('is refused where a score of log q is turned into a path', () => {
    const later = program(function* () {
      const z = yield* sample('z', mask(normal(entry(yield* param('l', [0]), 0), 1), 0));
      yield* sample('c', normal(z, 1));
    });
    const doubly = iwae({ particles: 2, gradient: 'doublyReparameterised' });
    for (const objective of [doubly, tailAdaptive({ particles: 2 }), cubo({ particles: 2 })]) {
      expect(() => gradientsOf(later, later, objective, { l: [0] }, 2)).toThrow(
        /site 'z'.*masked.*site 'c' depends on/s,
      );
    }
  });
});

describe('bits of an array, classes, and plates', () => {
  const model = program(function* () {
    const z = yield* sample('z', independent(bernoulli({ probs: [0.4, 0.7] })));
    const product = tf.mul(tf.sum(z, -1), tf.prod(tf.add(z, 0.5), -1));
    const k = yield* sample(
      'k',
      categorical({
        logits: tf.stack([product, tf.mul(product, -0.3), tf.zerosLike(product)], -1),
      }),
    );
    yield* plate(
      'inner',
      2,
      observe('x', normal(tf.add(product, tf.square(k)), 2), tf.tensor2d([[1], [3]])),
    );
  });
  const guide = program(function* () {
    const l = yield* param('l', [0, 0]);
    const c = yield* param('c', [0, 0, 0]);
    yield* sample('z', independent(bernoulli({ logits: l })));
    yield* sample('k', categorical({ logits: c }));
  });
  const start = { l: [0.4, -0.3], c: [0.1, 0.5, -0.4] };
  const exact = means(gradientsOf(model, guide, elbo(), start, 2));

  it.each(estimatorsOf)('%s', (_, e, particles) => {
    const objective = elbo({ particles, estimators: { z: e, k: e } });
    expectMean(gradientsOf(model, guide, objective, start, DRAWS), exact);
  });
});

describe('a normal number that a bit depends on', () => {
  const model = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    const w = yield* sample('w', bernoulli({ logits: z }));
    yield* observe('x', normal(tf.add(z, w), 0.7), 1.3);
    yield* observe('y', normal(tf.sin(tf.mul(z, 2)), 1), -0.4);
  });
  const guide = program(function* () {
    const l = yield* param('l', [0, 0, 0, 0]);
    const z = yield* sample('z', normal(entry(l, 0), tf.exp(entry(l, 1))));
    yield* sample('w', bernoulli({ logits: tf.add(entry(l, 2), tf.mul(entry(l, 3), z)) }));
  });
  const start = { l: [0.3, -0.4, 0.2, 0.7] };
  const logNormal = (x: number, loc: number, scale: number): number =>
    -0.5 * ((x - loc) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);
  /** The bound in double precision, by quadrature over z. */
  const bound = ([m = 0, logScale = 0, c = 0, d = 0]: readonly number[]): number => {
    const scale = Math.exp(logScale);
    const step = 0.02;
    return Array.from({ length: 801 }, (_, i) => (i - 400) * step).reduce((total, e) => {
      const z = m + scale * e;
      const q = Math.exp(logNormal(e, 0, 1)) * step;
      return [0, 1].reduce((sum, w) => {
        const chance = sigmoid((2 * w - 1) * (c + d * z));
        const logP =
          logNormal(z, 0, 1) +
          Math.log(sigmoid((2 * w - 1) * z)) +
          logNormal(1.3, z + w, 0.7) +
          logNormal(-0.4, Math.sin(2 * z), 1);
        return sum + q * chance * (logP - logNormal(z, m, scale) - Math.log(chance));
      }, total);
    }, 0);
  };
  const shifted = (j: number, by: number): number =>
    bound(start.l.map((x, i) => (i === j ? x + by : x)));
  const exact = Object.fromEntries(
    start.l.map((_, j) => [`l${j}`, (shifted(j, 1e-4) - shifted(j, -1e-4)) / 2e-4]),
  );

  it.each<readonly [string, Estimator, Estimator, number, 'whereValid' | 'never']>([
    ['pathwise, summed', pathwise(), enumeration(), 1, 'whereValid'],
    ['score, summed', scoreFunction({ baseline: 'none' }), enumeration(), 1, 'whereValid'],
    ['score, score', scoreFunction(), scoreFunction(), 3, 'never'],
    [
      'averaged score, measure',
      scoreFunction({ baseline: 'runningAverage' }),
      measureValued(),
      1,
      'never',
    ],
    ['measure, summed', measureValued(), enumeration(), 2, 'whereValid'],
    ['measure, measure', measureValued(), measureValued(), 1, 'never'],
    ['measure, score', measureValued(), scoreFunction({ baseline: 'none' }), 1, 'whereValid'],
    ['pathwise, measure', pathwise(), measureValued(), 1, 'never'],
  ])('%s', (_, z, w, particles, closedFormKl) => {
    const objective = elbo({ particles, closedFormKl, estimators: { z, w } });
    expectMean(gradientsOf(model, guide, objective, start, 2 * DRAWS), exact);
  });

  it('is compared at values that have their law', () => {
    // f(z) = z² / 2: every pair gives μ for the location, and σ E M² (1 − U²) = 2σ for the scale's.
    const square = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* factor('f', tf.mul(tf.square(z), 0.5));
    });
    const alone = program(function* () {
      const l = yield* param('l', [0, 0]);
      yield* sample('z', normal(entry(l, 0), entry(l, 1)));
    });
    const objective = elbo({ estimators: { z: measureValued() } });
    const found = gradientsOf(square, alone, objective, { l: [0.6, 1.5] }, DRAWS);
    // Less that of the divergence, μ and σ − 1 / σ.
    expectMean(found, { l0: 0, l1: 1 / 1.5 });
  });

  it('is compared cell by cell of an array', () => {
    // E z₀² z₁ = (μ₀² + σ₀²) μ₁.
    const product = program(function* () {
      const z = yield* sample('z', independent(normal([0, 0], 1)));
      yield* factor('f', tf.mul(tf.square(entry(z, 0)), entry(z, 1)));
    });
    const alone = program(function* () {
      const l = yield* param('l', [0, 0]);
      yield* sample('z', independent(normal(l, yield* param('s', [1, 1]))));
    });
    const objective = elbo({ estimators: { z: measureValued() } });
    const found = gradientsOf(product, alone, objective, { l: [0.6, -0.8], s: [1.2, 0.7] }, DRAWS);
    const divergence = [-0.6, 0.8, 1 / 1.2 - 1.2, 1 / 0.7 - 0.7];
    expectMean(found, {
      l0: 2 * 0.6 * -0.8 + (divergence[0] ?? NaN),
      l1: 0.6 ** 2 + 1.2 ** 2 + (divergence[1] ?? NaN),
      s0: 2 * 1.2 * -0.8 + (divergence[2] ?? NaN),
      s1: divergence[3] ?? NaN,
    });
  });
});

describe('plates', () => {
  it('has the signals of each datum alone, scaled up, beside a site for all', () => {
    const data = [0.5, 2, -1];
    const rows = { size: 3, indices: tf.tensor1d([0, 2], 'int32') };
    const model = program(function* () {
      const u = yield* sample('u', normal(0, 1));
      const body = (indices: Tensor) =>
        program(function* () {
          const z = yield* sample('z', bernoulli({ probs: 0.3 }));
          const x = tf.expandDims(tf.gather(tf.tensor1d(data), indices), -1);
          yield* observe('x', normal(tf.add(tf.mul(z, 2), u), 1), x);
        });
      yield* plate('data', rows, body);
    });
    const guide = program(function* () {
      const m = yield* param('m', [0]);
      const l = yield* param('l', [0, 0, 0]);
      yield* sample('u', normal(entry(m, 0), 0.5));
      const body = (indices: Tensor) =>
        sample('z', bernoulli({ logits: tf.transpose(tf.gather(l, indices, 1)) }));
      yield* plate('data', rows, body);
    });
    const start = { m: [0.2], l: [0.4, 0, -0.5] };
    // The likelihood's log odds of z are 2 (x − u) − 2, and log p's derivative by u is x − 2 z − u.
    const [m = 0, ...logits] = [...start.m, ...start.l];
    const p = logits.map(sigmoid);
    const seen = [0, 2];
    const exact = Object.fromEntries([
      ['m0', -m + 1.5 * seen.reduce((sum, n) => sum + (data[n] ?? NaN) - 2 * (p[n] ?? NaN) - m, 0)],
      ...logits.map((l, n) => {
        const odds = 2 * ((data[n] ?? NaN) - m) - 2 - (l - Math.log(0.3 / 0.7));
        return [`l${n}`, seen.includes(n) ? 1.5 * (p[n] ?? NaN) * (1 - (p[n] ?? NaN)) * odds : 0];
      }),
    ]);
    for (const [e, particles] of [
      [measureValued(), 1],
      [measureValued(), 2],
      [scoreFunction(), 3],
      [scoreFunction({ baseline: 'none' }), 1],
    ] as const) {
      const found = gradientsOf(
        model,
        guide,
        elbo({ particles, estimators: { z: e } }),
        start,
        DRAWS,
      );
      expectMean(found, exact);
      expect(found['l1']?.every((g) => g === 0)).toBe(true);
    }
    tf.dispose(rows.indices);
  });

  it('leaves a measure-valued bit without variance, whatever its neighbours do', () => {
    const model = program(function* () {
      const z = yield* sample('z', bernoulli({ probs: 0.3 }));
      yield* observe('x', normal(tf.mul(z, 2), 1), 1.5);
    });
    const guide = program(function* () {
      yield* sample('z', bernoulli({ logits: entry(yield* param('l', [0]), 0) }));
    });
    const objective = elbo({ estimators: { z: measureValued() } });
    const found = gradientsOf(model, guide, objective, { l: [0.4] }, 50)['l0'] ?? [];
    const exact = gradientsOf(model, guide, elbo(), { l: [0.4] }, 2)['l0']?.[0] ?? NaN;
    found.forEach((g) => expect(g).toBeCloseTo(exact, 5));
  });
});

describe('a bound over weights', () => {
  it('takes scores and draws as asked', () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const w = yield* sample('w', normal(z, 1));
      yield* observe('x', normal(tf.mul(z, w), 1), 1);
    });
    const guide = program(function* () {
      const l = yield* param('l', [0, 0]);
      const z = yield* sample('z', normal(entry(l, 0), 0.8));
      yield* sample('w', normal(tf.add(z, entry(l, 1)), 0.9));
    });
    const start = { l: [0.5, 0.3] };
    const reference = gradientsOf(model, guide, iwae({ particles: 3 }), start, 5 * DRAWS, 1);
    for (const estimators of [
      { z: scoreFunction(), w: scoreFunction({ baseline: 'none' }) },
      { z: scoreFunction(), w: pathwise() },
    ]) {
      const objective = iwae({ particles: 3, estimators });
      const found = gradientsOf(model, guide, objective, start, 2 * DRAWS);
      for (const [name, xs] of Object.entries(found)) {
        const other = reference[name] ?? [];
        // As `expectMean`, for a difference of two means.
        const error = Math.sqrt(variance(xs) / xs.length + variance(other) / other.length);
        expect(Math.abs(mean(xs) - mean(other))).toBeLessThan(6 * error);
        expect(error).toBeLessThan(0.1);
      }
    }
  });
});

/**
 * Gradient estimators that are asked for, site by site. Each element of an outer plate has parameters
 * of its own, so one run gives as many independent gradients as the plate has elements.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Params,
  type Program,
  SiteError,
  type SiteEstimator,
  type SiteEstimators,
  type Tensor,
  adam,
  bernoulli,
  categorical,
  derive,
  deterministic,
  elbo,
  enumeration,
  factor,
  freeState,
  gradientReport,
  gumbelSoftmax,
  implicit,
  independent,
  iwae,
  key,
  keyedNoise,
  measureValued,
  normal,
  observe,
  oneHotCategorical,
  param,
  pathwise,
  plate,
  positive,
  program,
  sample,
  scoreFunction,
  sgd,
  showDerivation,
  showGradientReport,
  stopGradient,
  straightThrough,
  svi,
  uniform,
  vimco,
} from 'marginalia';
import { describe, expect, it } from 'vitest';
import { derivationOf, estimateAt } from './estimate-at.js';

const DRAWS = 1000;

type AnyProgram = Program<unknown, unknown>;

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;
const variance = (xs: readonly number[]): number => {
  const centre = mean(xs);
  return xs.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (xs.length - 1);
};

/** Parameters by name, the last axis of each the entries of one gradient. */
type Start = Readonly<Record<string, readonly number[]>>;

/** Gradients by entry of the parameters, `draws` of each. */
const gradientsOf = (
  model: AnyProgram,
  guide: AnyProgram,
  objective: Objective,
  start: Start,
  draws: number,
  seed = 0,
): Readonly<Record<string, readonly number[]>> => {
  const params = Object.fromEntries(
    Object.entries(start).map(([name, xs]) => [
      name,
      tf.tensor2d(Array.from({ length: draws }, () => [...xs])),
    ]),
  );
  const found = estimateAt(plate('draws', draws, model), plate('draws', draws, guide), objective, {
    noise: keyedNoise(key(seed)),
    params,
    // A poor guess at the cost, which must not matter.
    memory: {
      'average cost z': tf.scalar(-1),
      'average cost w': tf.scalar(-1),
      'average cost k': tf.scalar(-1),
    },
  });
  tf.dispose(params);
  return Object.fromEntries(
    Object.entries(start).flatMap(([name, xs]) =>
      xs.map((_, j) => [
        `${name}${j}`,
        Array.from({ length: draws }, (__, i) => found.gradients[name]?.[i * xs.length + j] ?? NaN),
      ]),
    ),
  );
};

/**
 * That gradients have the exact mean. Six standard errors of thousands of draws: a false alarm has
 * probability 2e-9 for each entry, and below 1e-6 for all entries of this file together.
 */
const expectMean = (
  found: Readonly<Record<string, readonly number[]>>,
  exact: Readonly<Record<string, number>>,
): void => {
  for (const [name, xs] of Object.entries(found)) {
    const error = Math.sqrt(variance(xs) / xs.length);
    const off = Math.abs(mean(xs) - (exact[name] ?? NaN));
    expect(error, name).toBeLessThan(0.3);
    expect(off, `${name}: ${mean(xs)} ± ${error}, exactly ${exact[name]}`).toBeLessThan(
      6 * error + 2e-4,
    );
  }
};

const means = (
  found: Readonly<Record<string, readonly number[]>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(found).map(([name, xs]) => [name, mean(xs)]));

const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));

/** The only entry of a parameter's last axis. */
const atFirst = (x: Tensor): Tensor => tf.squeeze(x, [-1]);

/** Entry j of a parameter's last axis. */
const at = (x: Tensor, j: number): Tensor =>
  tf.squeeze(tf.slice(x, [0, j], [x.shape[0] ?? 1, 1]), [-1]);

const estimatorsOf: readonly (readonly [string, SiteEstimator, number])[] = [
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
    const z = yield* sample('z', bernoulli({ logits: at(l, 0) }));
    yield* sample('w', bernoulli({ logits: tf.add(at(l, 1), tf.mul(at(l, 2), z)) }));
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

  it('measure-valued with sampled divergences', () => {
    const objective = elbo({
      closedFormKl: 'never',
      estimators: { z: measureValued(), w: measureValued() },
    });
    expectMean(gradientsOf(model, guide, objective, start, DRAWS), exact);
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
    const z = yield* sample('z', normal(at(l, 0), tf.exp(at(l, 1))));
    yield* sample('w', bernoulli({ logits: tf.add(at(l, 2), tf.mul(at(l, 3), z)) }));
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

  it.each<readonly [string, SiteEstimator, SiteEstimator, number, 'whereValid' | 'never']>([
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
      yield* sample('z', normal(at(l, 0), at(l, 1)));
    });
    const objective = elbo({ estimators: { z: measureValued() } });
    const found = gradientsOf(square, alone, objective, { l: [0.6, 1.5] }, DRAWS);
    // Less that of the divergence, μ and σ − 1 / σ.
    expectMean(found, { l0: 0, l1: 1 / 1.5 });
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
      yield* sample('u', normal(at(m, 0), 0.5));
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
      yield* sample('z', bernoulli({ logits: at(yield* param('l', [0]), 0) }));
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
      const z = yield* sample('z', normal(at(l, 0), 0.8));
      yield* sample('w', normal(tf.add(z, at(l, 1)), 0.9));
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

describe('relaxed draws', () => {
  const prior = 0.4;
  const slopeOfLikelihood = (z: number): number => (1.7 - 1.2 * z - 0.3 * z * z) * (1.2 + 0.6 * z);
  const model = program(function* () {
    const z = yield* sample('z', bernoulli({ probs: prior }));
    yield* observe('x', normal(tf.add(tf.mul(z, 1.2), tf.mul(tf.square(z), 0.3)), 1), 1.7);
  });
  const guide = program(function* () {
    yield* sample('z', bernoulli({ logits: at(yield* param('l', [0]), 0) }));
  });
  const l = 0.4;
  const p = sigmoid(l);
  /** −∂KL / ∂l. */
  const divergence = -p * (1 - p) * (l - Math.log(prior / (1 - prior)));
  const gradients = (
    e: SiteEstimator,
    uniforms: readonly number[],
    step?: number,
  ): readonly number[] => {
    const draws = uniforms.length;
    const params = { l: tf.fill([draws, 1], l) };
    const found = estimateAt(
      plate('draws', draws, model),
      plate('draws', draws, guide),
      elbo({ estimators: { z: e } }),
      {
        noise: (_s, _b, _n, batch) => tf.tensor([...uniforms], [...batch]),
        params,
        ...(step !== undefined && { step: tf.scalar(step) }),
      },
    );
    tf.dispose(params);
    return found.gradients['l'] ?? [];
  };
  const uniforms = [0.05, 0.3, 0.55, 0.62, 0.9];
  const relaxed = (u: number, temperature: number): number =>
    sigmoid((l - Math.log(u / (1 - u))) / temperature);
  const slopeOfRelaxed = (u: number, temperature: number): number =>
    (relaxed(u, temperature) * (1 - relaxed(u, temperature))) / temperature;

  it.each<readonly [string, SiteEstimator, (u: number) => number]>([
    [
      'Gumbel-softmax',
      gumbelSoftmax({ temperature: 0.5 }),
      (u) => slopeOfLikelihood(relaxed(u, 0.5)) * slopeOfRelaxed(u, 0.5),
    ],
    ['straight-through', straightThrough(), (u) => slopeOfLikelihood(Number(u < p)) * p * (1 - p)],
    [
      'straight-through with a temperature',
      straightThrough({ temperature: 0.5 }),
      (u) => slopeOfLikelihood(Number(u < p)) * slopeOfRelaxed(u, 0.5),
    ],
  ])('%s has the gradient of its definition', (_, e, gradient) => {
    gradients(e, uniforms).forEach((g, i) =>
      expect(g).toBeCloseTo(divergence + gradient(uniforms[i] ?? NaN), 4),
    );
  });

  it('follows a schedule of the temperature', () => {
    const temperature = (step: Tensor): Tensor => tf.div(1, tf.add(step, 1));
    const found = gradients(gumbelSoftmax({ temperature }), uniforms, 3);
    expect(found).toEqual(gradients(gumbelSoftmax({ temperature: 0.25 }), uniforms));
  });

  it('tends to the exact gradient with its temperature, and straight-through does not', () => {
    const even = Array.from({ length: 20000 }, (_, i) => (i + 0.5) / 20000);
    const exact = gradientsOf(model, guide, elbo(), { l: [l] }, 2)['l0']?.[0] ?? NaN;
    const bias = (e: SiteEstimator): number => Math.abs(mean(gradients(e, even)) - exact);
    const [warm, cool, cold] = [1, 0.3, 0.05].map((temperature) =>
      bias(gumbelSoftmax({ temperature })),
    );
    expect(cool).toBeLessThan(0.5 * (warm ?? NaN));
    expect(cold).toBeLessThan(0.1 * (cool ?? NaN));
    expect(cold).toBeLessThan(3e-3);
    expect(bias(straightThrough())).toBeGreaterThan(0.01);
  });
});

describe('relaxed one-hot vectors', () => {
  const l = [0.4, -0.3, 0.1];
  const logPrior = [0.5, 0.2, 0.3].map(Math.log);
  const scores = [1, -0.5, 2];
  const model = program(function* () {
    const z = yield* sample('z', oneHotCategorical({ probs: [0.5, 0.2, 0.3] }));
    yield* factor('f', tf.square(tf.sum(tf.mul(z, scores), -1)));
  });
  const guide = program(function* () {
    yield* sample('z', oneHotCategorical({ logits: yield* param('l', [0, 0, 0]) }));
  });
  const softmax = (xs: readonly number[]): readonly number[] => {
    const total = xs.reduce((sum, x) => sum + Math.exp(x), 0);
    return xs.map((x) => Math.exp(x) / total);
  };
  const gumbels = [
    [0.3, 1.2, -0.4],
    [2, 0.1, 0.5],
  ];
  /** −∂KL / ∂l_j = −p_j (a_j − Σ p a), a the log ratio. */
  const p = softmax(l);
  const ratio = p.map((q, k) => Math.log(q) - (logPrior[k] ?? NaN));
  const overall = p.reduce((sum, q, k) => sum + q * (ratio[k] ?? NaN), 0);
  const divergence = p.map((q, j) => -q * ((ratio[j] ?? NaN) - overall));
  /** The gradient of f at `z` through softmax(x / τ): (s·z) 2 Σ_k s_k y_k (1[k = j] − y_j) / τ. */
  const through = (z: readonly number[], y: readonly number[], temperature: number) => {
    const dot = (v: readonly number[]): number =>
      v.reduce((sum, x, k) => sum + x * (scores[k] ?? NaN), 0);
    return y.map((yj, j) => (2 * dot(z) * yj * ((scores[j] ?? NaN) - dot(y))) / temperature);
  };

  it.each<readonly [string, SiteEstimator, (g: readonly number[]) => readonly number[]]>([
    [
      'Gumbel-softmax',
      gumbelSoftmax({ temperature: 0.7 }),
      (g) => {
        const y = softmax(l.map((x, k) => (x + (g[k] ?? NaN)) / 0.7));
        return through(y, y, 0.7);
      },
    ],
    [
      'straight-through',
      straightThrough(),
      (g) => {
        const x = l.map((v, k) => v + (g[k] ?? NaN));
        return through(
          x.map((v) => Number(v === Math.max(...x))),
          p,
          1,
        );
      },
    ],
  ])('%s has the gradient of its definition', (_, e, gradient) => {
    const params = { l: tf.tensor2d([l, l]) };
    const found = estimateAt(
      plate('draws', 2, model),
      plate('draws', 2, guide),
      elbo({ estimators: { z: e } }),
      { noise: (_s, _b, _n, batch) => tf.tensor(gumbels.flat(), [...batch, 3]), params },
    );
    tf.dispose(params);
    gumbels
      .flatMap(gradient)
      .forEach((g, i) =>
        expect(found.gradients['l']?.[i]).toBeCloseTo((divergence[i % 3] ?? NaN) + g, 4),
      );
  });

  it('are compared class by class, in each cell of an array', () => {
    const prior = tf.tensor2d([
      [0.5, 0.2, 0.3],
      [0.1, 0.6, 0.3],
    ]);
    const weights = tf.tensor2d([
      [1, -0.5, 2],
      [0.3, 1, 0.2],
    ]);
    const cells = program(function* () {
      const z = yield* sample('z', independent(oneHotCategorical({ probs: prior })));
      yield* factor('f', tf.sum(tf.mul(z, weights), [-1, -2]));
    });
    const guides = program(function* () {
      const logits = tf.stack([yield* param('l', [0, 0, 0]), yield* param('k', [0, 0, 0])], -2);
      yield* sample('z', independent(oneHotCategorical({ logits })));
    });
    const at = { l, k: [0, 0.5, -0.5] };
    const found = gradientsOf(cells, guides, elbo({ estimators: { z: measureValued() } }), at, 3);
    // f is a sum over cells, so the other cells' draws cancel.
    const slopes = Object.entries(at).flatMap(([name, logits], row) => {
      const q = softmax(logits);
      const gain = q.map(
        (x, k) =>
          (weights.arraySync()[row]?.[k] ?? NaN) -
          Math.log(x / (prior.arraySync()[row]?.[k] ?? NaN)),
      );
      const average = q.reduce((sum, x, k) => sum + x * (gain[k] ?? NaN), 0);
      return q.map((x, j) => [`${name}${j}`, x * ((gain[j] ?? NaN) - average)] as const);
    });
    for (const [name, slope] of slopes) {
      for (const g of found[name] ?? [NaN]) expect(g).toBeCloseTo(slope, 4);
    }
    tf.dispose([prior, weights]);
  });
});

describe('a running average', () => {
  it('is that of the cost over the steps, and serves the step after', () => {
    const inference = svi({
      model: () =>
        program(function* () {
          const z = yield* sample('z', bernoulli({ probs: 0.4 }));
          yield* observe('x', normal(tf.mul(z, 3), 1), 4);
        }),
      guide: () =>
        program(function* () {
          yield* sample('z', bernoulli({ logits: yield* param('l', 0.3) }));
        }),
      objective: elbo({
        closedFormKl: 'never',
        estimators: { z: scoreFunction({ baseline: 'runningAverage', beta: 0.75 }) },
      }),
      optimizer: sgd(0),
    });
    const before = tf.memory().numTensors;
    const states = [inference.init(key(3), undefined)];
    const averages = [0];
    for (let step = 0; step < 4; step += 1) {
      const [state] = states.slice(-1);
      if (state === undefined) throw new Error('no state');
      const [average = NaN] = averages.slice(-1);
      const gradients = inference.gradients(state);
      const found = gradients['l']?.dataSync()[0] ?? NaN;
      const [next, { loss, terms }] = inference.step(state);
      const cost = -(loss.dataSync()[0] ?? NaN);
      // The bound tells which draw it was, and with it ∂ log q.
      const on = cost > -5;
      expect(found).toBeCloseTo(-(cost - average) * (Number(on) - sigmoid(0.3)), 4);
      averages.push(0.75 * average + 0.25 * cost);
      expect(next.memory['average cost z']?.dataSync()[0]).toBeCloseTo(averages.at(-1) ?? NaN, 4);
      tf.dispose([gradients, loss, terms]);
      states.push(next);
    }
    states.forEach(freeState);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a baseline that is learned', () => {
  const offsets = [-4, 0, 5];
  const model = plate(
    'data',
    3,
    program(function* () {
      const z = yield* sample('z', bernoulli({ probs: 0.4 }));
      yield* observe('x', normal(z, 1), offsets);
    }),
  );
  const guideWith = (baseline: (l: Tensor, b: Tensor) => Tensor) =>
    plate(
      'data',
      3,
      program(function* () {
        const l = yield* param('l', 0);
        yield* deterministic('b', baseline(l, yield* param('own', 0)));
        yield* sample('z', bernoulli({ logits: l }));
      }),
    );
  const objective = (particles: number) =>
    elbo({ particles, estimators: { z: scoreFunction({ baseline: { site: 'b' } }) } });
  const logits = [0.2, -0.5, 0.8];
  const chances = logits.map(sigmoid);
  const costs = offsets.map((x) =>
    [0, 1].map((z) => -0.5 * (x - z) ** 2 - 0.5 * Math.log(2 * Math.PI)),
  );

  it('is raised towards the cost, and reaches no other parameter', () => {
    const own = [0.5, -1, 2];
    const params = { l: tf.tensor1d(logits), own: tf.tensor1d(own) };
    const noise = keyedNoise(key(5));
    // What it shares with the guide adds 0 to its value, and would change the gradient of l.
    const leaky = guideWith((l, b) => tf.add(b, tf.mul(tf.sub(l, stopGradient(l)), 7)));
    const found = estimateAt(model, leaky, objective(1), { noise, params });
    const plain = elbo({ estimators: { z: scoreFunction({ baseline: 'none' }) } });
    const without = estimateAt(
      model,
      guideWith((_, b) => b),
      plain,
      { noise, params },
    );
    // log N(x; z, 1) is the cost; without a baseline the gradient tells which z was drawn.
    own.forEach((b, n) => {
      const [off = NaN, on = NaN] = costs[n] ?? [];
      const p = chances[n] ?? NaN;
      const slope = without.gradients['l']?.[n] ?? NaN;
      const kl = -p * (1 - p) * ((logits[n] ?? NaN) - Math.log(0.4 / 0.6));
      const drawn = Math.abs(slope - kl - on * (1 - p)) < Math.abs(slope - kl + off * p);
      const [cost, score] = drawn ? [on, 1 - p] : [off, -p];
      expect(slope).toBeCloseTo(kl + cost * score, 3);
      expect(found.gradients['own']?.[n]).toBeCloseTo(cost - b, 3);
      expect(found.gradients['l']?.[n]).toBeCloseTo(kl + (cost - b) * score, 3);
    });
    tf.dispose(params);
  });

  it('learns the expected cost, which lowers the variance', () => {
    const inference = svi({
      model: () => model,
      guide: () => guideWith((_, b) => b),
      objective: objective(64),
      optimizer: adam(0.3),
    });
    const still = (gradients: Params): Params => ({
      ...gradients,
      l: tf.zerosLike(gradients['l'] ?? 0),
    });
    const states = [inference.init(key(1), undefined)];
    for (let step = 0; step < 250; step += 1) {
      const [state] = states.splice(0);
      if (state === undefined) throw new Error('no state');
      const next = tf.tidy(() => {
        const gradients = still(inference.gradients(state));
        return inference.update(gradients, state);
      });
      states.push({ ...state, ...next, step: state.step + 1 });
      freeState(state);
    }
    const [state] = states;
    const learned = [...(state?.params['own']?.dataSync() ?? [])];
    learned.forEach((b, n) => {
      const [off = NaN, on = NaN] = costs[n] ?? [];
      // The guide was left at even chances. The cost's standard deviation is at most 2.3, an eighth of
      // that for 64 particles, and Adam averages over ten steps: 0.5 is more than ten deviations.
      expect(Math.abs(b - (on + off) / 2)).toBeLessThan(0.5);
    });
    states.forEach(freeState);
    const at = { l: [0], own: [learned[2] ?? NaN] };
    const one = program(function* () {
      const z = yield* sample('z', bernoulli({ probs: 0.4 }));
      yield* observe('x', normal(z, 1), 5);
    });
    const oneGuide = program(function* () {
      const l = yield* param('l', [0]);
      yield* deterministic('b', atFirst(yield* param('own', [0])));
      yield* sample('z', bernoulli({ logits: atFirst(l) }));
    });
    const plain = elbo({ estimators: { z: scoreFunction({ baseline: 'none' }) } });
    const exact = means(gradientsOf(one, oneGuide, elbo(), at, 2));
    const [with1, without] = [objective(1), plain].map(
      (o) => gradientsOf(one, oneGuide, o, at, DRAWS)['l0'] ?? [],
    );
    expectMean({ l0: with1 ?? [] }, exact);
    // At even chances the variance is the square of the mean cost less the baseline, over 4.
    expect(variance(with1 ?? [])).toBeLessThan(0.05 * variance(without ?? []));
  });
});

describe('what is asked for', () => {
  const twoSites = program(function* () {
    const z = yield* sample('z', normal(0, 1));
    const b = yield* sample('b', bernoulli({ logits: z }));
    const c = yield* sample('c', categorical({ probs: [1, 2] }));
    yield* observe(
      'x',
      normal(tf.add(tf.gather(tf.tensor1d([0, 1]), tf.cast(b, 'int32')), c), 1),
      1,
    );
  });
  const guide = program(function* () {
    const z = yield* sample('z', normal(yield* param('m', 0), 1));
    const b = yield* sample('b', bernoulli({ logits: z }));
    yield* deterministic('late', tf.mul(b, 2));
    yield* sample('c', categorical({ probs: [1, 2] }));
  });
  const explain = (objective: Objective): string =>
    showDerivation(derive(twoSites, guide, objective));

  it.each<readonly [string, SiteEstimators, RegExp]>([
    ['a site that is not there', { y: pathwise() }, /site 'y'.*none of this name.*'z', 'b', 'c'/],
    [
      'relaxing a Normal',
      { z: gumbelSoftmax({ temperature: 1 }) },
      /site 'z'.*Normal.*pathwise\(\)/,
    ],
    [
      'a pathwise bit',
      { b: pathwise() },
      /site 'b'.*Bernoulli.*not reparameterised.*enumeration\(\)/,
    ],
    ['an implicit Normal', { z: implicit() }, /site 'z'.*pathwise\(\)/],
    ['a sum over a Normal', { z: enumeration() }, /site 'z'.*not finite.*pathwise\(\)/],
    [
      'relaxing an index',
      { b: straightThrough() },
      /site 'b'.*turned into integers.*\(1 − z\) a \+ z b/,
    ],
    ['relaxing classes', { c: straightThrough() }, /site 'c'.*Categorical.*oneHotCategorical/],
    [
      'a baseline that is not there',
      { b: scoreFunction({ baseline: { site: 'guess' } }) },
      /site 'b'.*no deterministic site 'guess'/,
    ],
    [
      'a baseline made of the draw',
      { b: scoreFunction({ baseline: { site: 'late' } }) },
      /site 'b'.*depends on 'b' itself/,
    ],
  ])('refuses %s', (_, estimators, message) => {
    expect(() => explain(elbo({ estimators }))).toThrow(SiteError);
    expect(() => explain(elbo({ estimators }))).toThrow(message);
    const inference = svi({
      model: () => twoSites,
      guide: () => guide,
      objective: elbo({ estimators }),
      optimizer: sgd(0.1),
    });
    expect(() => inference.init(key(0), undefined)).toThrow(message);
  });

  it('refuses what a bound over weights, or one estimator for all, has no use for', () => {
    const weights = (estimators: SiteEstimators) => () =>
      explain(iwae({ particles: 2, estimators }));
    expect(weights({ b: measureValued() })).toThrow(/site 'b'.*iwae.*elbo/);
    expect(weights({ b: enumeration() })).toThrow(/site 'b'.*weights are those of draws/);
    expect(weights({ b: scoreFunction({ baseline: 'runningAverage' }) })).toThrow(/'leaveOneOut'/);
    const lands = elbo({ gradient: 'stickingTheLanding', estimators: { z: pathwise() } });
    expect(() => derivationOf(sample('z', normal(0, 1)), sample('z', normal(0, 1)), lands)).toThrow(
      /site 'z'.*one for every site/,
    );
    const uniforms = program(function* () {
      yield* sample('u', uniform(0, 1));
    });
    const asked = elbo({ estimators: { u: measureValued() } });
    expect(() => derive(uniforms, uniforms, asked)).toThrow(/site 'u'.*Uniform.*scoreFunction\(\)/);
  });

  it('refuses to sum a site that a score depends on, and an axis that is not there', () => {
    const chain = program(function* () {
      const a = yield* sample('a', bernoulli({ probs: 0.5 }));
      yield* sample('b', bernoulli({ logits: a }));
    });
    const asked = elbo({ estimators: { a: enumeration(), b: measureValued() } });
    expect(() => derive(chain, chain, asked)).toThrow(
      /site 'a'.*'b' depends on.*enumeration\(\) at 'b'/,
    );
  });

  it('refuses options that no estimator has', () => {
    expect(() => gumbelSoftmax({ temperature: 0 })).toThrow(/temperature above 0.*got 0/);
    expect(() => straightThrough({ temperature: -1 })).toThrow(RangeError);
    expect(() => scoreFunction({ baseline: 'runningAverage', beta: 1 })).toThrow(/beta.*got 1/);
  });

  it('is said in the derivation, with what biases it', () => {
    const bits = program(function* () {
      yield* sample('b', bernoulli({ probs: 0.5 }));
    });
    const lines = (e: SiteEstimator) =>
      showDerivation(derive(bits, bits, elbo({ estimators: { b: e } })));
    expect(lines(measureValued())).toContain('gradient: measure-valued: asked for');
    expect(lines(measureValued())).toContain('log p(data) ≥ ELBO');
    expect(lines(straightThrough())).toContain('straight-through: asked for; biased');
    const relaxed = lines(gumbelSoftmax({ temperature: 0.5 }));
    expect(relaxed).toContain(
      'Gumbel-softmax: asked for; biased: draws are relaxed at temperature 0.5',
    );
    expect(relaxed).not.toContain('log p(data) ≥');
    expect(lines(scoreFunction({ baseline: 'runningAverage' }))).toContain('decaying by 0.9');
  });
});

describe('a gradient report', () => {
  const x = 1.7;
  const model = program(function* () {
    const z = yield* sample('z', bernoulli({ probs: 0.4 }));
    const w = yield* sample('w', normal(0, 1));
    yield* observe('x', normal(tf.add(tf.mul(z, 2), 0), 1), x);
    yield* observe('y', normal(w, 0.5), 6);
  });
  const inference = svi({
    model: () => model,
    guide: () =>
      program(function* () {
        yield* sample('z', bernoulli({ logits: yield* param('l', 0.3) }));
        yield* sample(
          'w',
          normal(yield* param('m', 0), yield* param('s', 1, { support: positive })),
        );
      }),
    objective: elbo({ estimators: { z: straightThrough(), w: scoreFunction() } }),
    optimizer: sgd(0.1),
  });

  it('has the numbers of a case that is known, and recommends', async () => {
    const state = inference.init(key(0), undefined);
    const before = tf.memory().numTensors;
    const draws = 100;
    const report = await gradientReport(inference, state, undefined, { key: key(1), draws });
    expect(tf.memory().numTensors).toBe(before);
    freeState(state);
    const [z, w] = report.sites;
    const named = (name: string) => z?.estimators.find((e) => e.name === name);
    expect(z?.parameters).toEqual(['l']);
    expect(w?.parameters).toEqual(['m', 's']);
    expect(z?.recommended).toEqual(enumeration());
    expect(z?.why).toContain('biased');
    expect(w?.recommended).toEqual(pathwise());
    expect(w?.estimators.map((e) => e.name)).toEqual([
      'pathwise',
      'score function',
      'score function, running average (0.9)',
      'measure-valued',
    ]);
    expect(named('enumeration')?.variance).toBe(0);
    expect(z?.estimators.filter((e) => e.current).map((e) => e.name)).toEqual(['straight-through']);
    // The score function's gradient has two values, −(c₁ (1 − p)) and c₀ p and what the divergence adds.
    const p = sigmoid(0.3);
    const log = (mean: number): number => -0.5 * (x - mean) ** 2 - 0.5 * Math.log(2 * Math.PI);
    const gap = log(2) * (1 - p) + log(0) * p;
    const score = named('score function');
    // The share of ones is within 0.27 of p but with probability 1e-6 (Hoeffding, 100 draws).
    const shares = [p - 0.27, p, p + 0.27, 0.5].map(
      (q) => q * (1 - q) * gap ** 2 * (draws / (draws - 1)),
    );
    expect(score?.variance).toBeGreaterThan(0.999 * Math.min(...shares));
    expect(score?.variance).toBeLessThan(1.001 * Math.max(...shares));
    expect(score?.bias).toBeLessThan(0.27 * Math.abs(gap));
    expect(score?.biasError).toBeCloseTo(Math.sqrt((score?.variance ?? NaN) / draws), 5);
    // Straight-through has the likelihood's slope at the drawn value times p (1 − p).
    const slope = (at: number): number => 2 * (x - 2 * at) * p * (1 - p);
    const exact = p * (1 - p) * (log(2) - log(0));
    const biased = named('straight-through');
    const expected = p * slope(1) + (1 - p) * slope(0) - exact;
    expect(Math.abs((biased?.bias ?? NaN) - Math.abs(expected))).toBeLessThan(
      0.27 * Math.abs(slope(1) - slope(0)),
    );
    const shown = showGradientReport(report);
    expect(shown).toContain('recommended: enumeration');
    expect(shown).toMatch(/\* +straight-through +[\d.]+ ± [\d.]+ \(biased\)/);
    expect(shown.split('\n').length).toBe(1 + 2 * 3 + (z?.estimators.length ?? 0) + 4);
  });

  it('refuses an objective that has one estimator for all', async () => {
    const all = svi({
      model: () => sample('z', normal(0, 1)),
      guide: () => sample('z', normal(0, 1)),
      objective: vimco({ particles: 2 }),
      optimizer: sgd(0.1),
    });
    const state = all.init(key(0), undefined);
    await expect(gradientReport(all, state, undefined, { key: key(0) })).rejects.toThrow(/vimco/);
    await expect(
      gradientReport(inference, state, undefined, { key: key(0), draws: 1 }),
    ).rejects.toThrow(/draws/);
    await expect(
      gradientReport(inference, state, undefined, { key: key(0), sites: ['q'] }),
    ).rejects.toThrow(/'q'/);
    freeState(state);
  });
});

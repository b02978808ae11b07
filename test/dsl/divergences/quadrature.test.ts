/** Every pair of families with a closed-form divergence, against its integral or its sum. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  beta,
  categorical,
  dirichlet,
  exponential,
  expand,
  gamma,
  halfNormal,
  independent,
  logNormal,
  multivariateNormal,
  normal,
  studentT,
  uniform,
  unitInterval,
} from 'marginalia';
import {
  type Support,
  asymmetricLaplace,
  betaProportion,
  binomial,
  cauchy,
  chi2,
  discreteUniform,
  geometric,
  gompertz,
  gumbel,
  halfCauchy,
  halfLogistic,
  halfStudentT,
  inverseGamma,
  klDivergence,
  kumaraswamy,
  laplace,
  levy,
  logUniform,
  logistic,
  logitNormal,
  multinomial,
  oneHotCategorical,
  orderedLogistic,
  pareto,
  poisson,
  softLaplace,
  weibull,
} from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { gridAround } from '../../../src/testing/distributions/grid.js';
import { noiseFor } from '../../../src/testing/distributions/subject.js';
import { sum } from '../../../src/testing/statistics/numbers.js';

type Pair = readonly [q: Distribution, p: Distribution];

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const nameOf = ([q, p]: Pair): string => `${q.family.name} to ${p.family.name}`;
const closed = ([q, p]: Pair): number => numbers(klDivergence(q, p))[0] ?? Number.NaN;

/** Σ q (log q − log p); of what q never takes, nothing. */
const weighed = (logQ: readonly number[], logP: readonly number[], weights: readonly number[]) =>
  sum(
    logQ.map((l, i) => {
      const chance = (weights[i] ?? NaN) * Math.exp(l);
      return chance === 0 ? 0 : chance * (l - (logP[i] ?? NaN));
    }),
  );

/** An event from the one number that it depends on. */
type Event = (z: Tensor) => Tensor;
const itself: Event = (z) => z;

/** By the trapezoidal rule over a grid that reaches beyond all draws. */
const integral = ([q, p]: Pair, support: Support, event: Event): number => {
  const drawn = q.sampler.draw(noiseFor(q, [2000], 5)).value;
  const first = numbers(drawn).filter((_, i) => i % (drawn.size / 2000) === 0);
  const { points, weights } = gridAround(support, first);
  const at = event(tf.tensor1d([...points]));
  return weighed(numbers(q.logProb(at)), numbers(p.logProb(at)), weights);
};

/** Over all values, or over whole numbers up to one that is never reached. */
const total = ([q, p]: Pair): number => {
  const at = q.sampler.enumeration?.values() ?? tf.range(0, 300);
  const logQ = numbers(q.logProb(at));
  return weighed(
    logQ,
    numbers(p.logProb(at)),
    logQ.map(() => 1),
  );
};

const near = (pair: Pair, wanted: number, slack = 5e-4): void => {
  const found = closed(pair);
  expect(Math.abs(found - wanted), `${found} for ${wanted}`).toBeLessThan(slack * (1 + wanted));
};

const own: readonly Pair[] = [
  [normal(0.3, 0.7), normal(-0.5, 1.2)],
  [laplace(0.3, 0.7), laplace(-0.5, 1.2)],
  [cauchy(0.3, 0.7), cauchy(-0.5, 1.2)],
  [gumbel(0.3, 0.7), gumbel(-0.5, 1.2)],
  [uniform(0.2, 0.7), uniform(0, 2)],
  [logNormal(0.3, 0.7), logNormal(-0.5, 1.2)],
  [halfNormal(0.7), halfNormal(1.2)],
  [halfCauchy(0.7), halfCauchy(1.2)],
  [exponential(0.7), exponential(1.2)],
  [gamma(3, 0.7), gamma(2, 1.2)],
  [chi2(3), chi2(2)],
  [inverseGamma(3, 0.7), inverseGamma(2, 1.2)],
  [weibull(0.7, 2), weibull(1.2, 1.5)],
  [pareto(2, 3), pareto(1.5, 2)],
  [levy(0.5, 2), levy(0.5, 1)],
  [logUniform(1, 3), logUniform(0.5, 4)],
  [beta(3, 2), beta(1.5, 2.5)],
  [betaProportion(0.6, 5), betaProportion(0.4, 4)],
  [logitNormal(0.3, 0.7), logitNormal(-0.5, 1.2)],
];

const kin: readonly Pair[] = [
  [gamma(3, 0.7), exponential(0.4)],
  [exponential(0.7), gamma(2, 1.2)],
  [chi2(3), gamma(2, 1.2)],
  [gamma(3, 0.7), chi2(2)],
  [chi2(3), exponential(0.4)],
  [exponential(0.7), chi2(3)],
  [weibull(0.7, 2), exponential(0.4)],
  [exponential(0.7), weibull(1.2, 1.5)],
  [beta(3, 2), betaProportion(0.4, 4)],
  [betaProportion(0.6, 5), beta(1.5, 2.5)],
];

const positives: readonly Distribution[] = [
  logNormal(0.3, 0.5),
  inverseGamma(6, 4),
  halfStudentT(12, 0.7),
  halfLogistic(0.7),
  logUniform(1, 3),
  pareto(2, 8),
  beta(3, 2),
  kumaraswamy(2, 3),
];

const toNormal: readonly Pair[] = [
  laplace(0.3, 0.7),
  gumbel(0.3, 0.7),
  logistic(0.3, 0.7),
  studentT(9, 0.3, 0.7),
  softLaplace(0.3, 0.7),
  asymmetricLaplace(0.3, 0.7, 1.5),
  uniform(-1, 2),
  exponential(2),
  gamma(3, 2),
  chi2(3),
  weibull(0.7, 2),
  halfNormal(0.7),
  betaProportion(0.6, 5),
  ...positives,
].map((q): Pair => [q, normal(0.5, 1.5)]);

const toExponential: readonly Pair[] = [
  gompertz(0.5, 1.5),
  halfNormal(0.7),
  uniform(0.5, 2),
  ...positives,
].map((q): Pair => [q, exponential(0.8)]);

const toHalfNormal: readonly Pair[] = [
  exponential(2),
  gamma(3, 2),
  chi2(3),
  weibull(0.7, 2),
  uniform(0.5, 2),
  ...positives,
].map((q): Pair => [q, halfNormal(2)]);

const toUniform: readonly Pair[] = [
  beta(3, 2),
  kumaraswamy(2, 3),
  betaProportion(0.6, 5),
  logUniform(0.25, 0.5),
].map((q): Pair => [q, uniform(0, 1)]);

const discrete: readonly Pair[] = [
  [bernoulli({ probs: 0.3 }), bernoulli({ logits: 0.4 })],
  [categorical({ probs: [1, 2, 3] }), categorical({ logits: [0.3, 0, 1] })],
  [oneHotCategorical({ probs: [1, 2, 3] }), oneHotCategorical({ logits: [0.3, 0, 1] })],
  [orderedLogistic(0.3, [-1, 1]), orderedLogistic(0, [-0.5, 2])],
  [orderedLogistic(0.3, [-1, 1]), categorical({ logits: [0.3, 0, 1] })],
  [categorical({ probs: [1, 2, 3] }), orderedLogistic(0, [-0.5, 2])],
  [binomial(7, { probs: 0.3 }), binomial(7, { logits: 0.4 })],
  [multinomial(4, { probs: [1, 2, 3] }), multinomial(4, { logits: [0.3, 0, 1] })],
  [poisson(3), poisson(4.5)],
  [geometric({ probs: 0.3 }), geometric({ logits: 0.4 })],
  [discreteUniform(2, 5), discreteUniform(0, 9)],
];

const vector: Event = (z) => tf.expandDims(z, -1);
const one = independent(normal([0.3], [0.7]));
const dense = multivariateNormal([-0.5], { scaleTril: [[1.2]] });
const vectors: readonly (readonly [Pair, Support, Event])[] = [
  [[dense, multivariateNormal([0.2], { scaleTril: [[0.8]] })], normal(0, 1).support, vector],
  [[one, dense], normal(0, 1).support, vector],
  [[dense, one], normal(0, 1).support, vector],
  [[one, independent(normal([1], [2]))], normal(0, 1).support, vector],
  [
    [dirichlet([3, 2]), dirichlet([1.5, 2.5])],
    unitInterval,
    (z) => tf.stack([z, tf.sub(1, z)], -1),
  ],
];

const scalars = [...own, ...kin, ...toNormal, ...toExponential, ...toHalfNormal, ...toUniform];

describe('the closed form is the integral, or the sum, of', () => {
  it.each(scalars.map((pair) => [nameOf(pair), pair] as const))('%s', (_, pair) =>
    near(pair, integral(pair, pair[0].support, itself)),
  );
  it.each(discrete.map((pair) => [nameOf(pair), pair] as const))('%s', (_, pair) =>
    near(pair, total(pair), 1e-5),
  );
  it.each(vectors.map((of) => [nameOf(of[0]), of] as const))('%s', (_, [pair, support, event]) =>
    near(pair, integral(pair, support, event)),
  );

  it('more than thirty pairs, each once', () => {
    const names = [...scalars, ...discrete, ...vectors.map(([pair]) => pair)].map(nameOf);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(70);
  });
});

describe('moments that are not there', () => {
  it('make it infinite', () => {
    expect(closed([inverseGamma(1.5, 1), normal(0, 1)])).toBe(Infinity);
    expect(closed([studentT(1, 0, 1), normal(0, 1)])).toBe(Infinity);
    expect(closed([pareto(1, 1), exponential(1)])).toBe(Infinity);
    expect(closed([levy(0, 1), normal(0, 1)])).toBe(Infinity);
  });

  it('and what may lie elsewhere, or has none, unknown', () => {
    const unknown: readonly Pair[] = [
      [normal(0, 1), exponential(1)],
      [normal(0, 1), uniform(-9, 9)],
      [beta(2, 2), uniform(0, tf.scalar(1))],
      [beta(2, 2), uniform(0, 0.5)],
      [gompertz(1, 1), normal(0, 1)],
      [cauchy(0, 1), normal(0, 1)],
      [levy(0, 1), levy(tf.scalar(0), 1)],
      [poisson(1), normal(0, 1)],
    ];
    for (const pair of unknown) expect(klDivergence(...pair), nameOf(pair)).toBeUndefined();
  });

  it('batches broadcast, and expansions are looked through', () => {
    const wide = klDivergence(expand(laplace(0, [1, 2]), [3, 2]), normal([0, 1], 1));
    expect(wide?.shape).toEqual([3, 2]);
    expect(numbers(klDivergence(uniform(0, 4), uniform(0, [2, 8])))).toEqual([
      Infinity,
      Math.fround(Math.LN2),
    ]);
  });
});

/** Estimators that users ask for: what is refused, and what baselines learn. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  SiteError,
  type Tensor,
  adam,
  bernoulli,
  categorical,
  cosineDecay,
  derive,
  deterministic,
  elbo,
  freeState,
  iwae,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  showDerivation,
  stopGradient,
  svi,
  uniform,
} from 'marginalia';
import {
  type Estimator,
  type SiteEstimators,
  enumeration,
  gumbelSoftmax,
  implicit,
  measureValued,
  pathwise,
  scoreFunction,
  straightThrough,
} from 'marginalia/estimators';
import { keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { derivationOf, estimateAt } from '../estimate-at.js';
import {
  DRAWS,
  atFirst,
  expectMean,
  gradientsOf,
  means,
  sigmoid,
  variance,
} from '../gradient-draws.js';

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
    const lines = (e: Estimator) =>
      showDerivation(derive(bits, bits, elbo({ estimators: { b: e } })));
    expect(lines(measureValued())).toContain('gradient: measure-valued: asked for');
    const { sampler, ...law } = normal(0, 1);
    const normals = sample('n', { ...law, sampler: { ...sampler, gradient: 'implicit' as const } });
    const asked = elbo({ estimators: { n: implicit() } });
    expect(showDerivation(derive(normals, normals, asked))).toContain(
      'gradient: implicit reparameterisation: asked for',
    );
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
      expect(next.carry['average cost z']?.dataSync()[0]).toBeCloseTo(averages.at(-1) ?? NaN, 4);
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
      objective: objective(32),
      optimizer: adam(cosineDecay(1, 120)),
      trains: ['own'],
    });
    const states = [inference.init(key(1), undefined)];
    for (let step = 0; step < 120; step += 1) {
      const [state] = states.splice(0);
      if (state === undefined) throw new Error('no state');
      const [next, { loss, terms }] = inference.step(state);
      tf.dispose([loss, terms]);
      states.push(next);
      freeState(state);
    }
    const [state] = states;
    const learned = [...(state?.params['own']?.dataSync() ?? [])];
    learned.forEach((b, n) => {
      const [off = NaN, on = NaN] = costs[n] ?? [];
      // The guide was left at even chances. The cost's standard deviation is at most 2.3, less than a fifth
      // of that for 32 particles, and Adam averages over ten steps: 0.5 is more than four deviations,
      // and the seed is fixed.
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

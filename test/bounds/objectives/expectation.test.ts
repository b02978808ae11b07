/** Expectations over a search distribution: variational optimisation. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type Tensor,
  cosineDecay,
  foldIn,
  independent,
  key,
  normal,
  param,
  positive,
  program,
  sample,
  sgd,
  svi,
  uniform,
  useBackend,
} from 'marginalia';
import { baseNoise } from 'marginalia/distributions';
import { expectation } from 'marginalia/objectives';
import { drawNoise } from 'marginalia/random';
import { blackBox } from 'marginalia/tensors';
import { beforeAll, describe, expect, it } from 'vitest';
import { sameInEveryEngine } from '../../inference/compiled/engines.js';
import { numbers, slopesOf } from './slopes.js';
import { drawKey } from '../../../src/inference/phases/stage.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const optimizer = sgd(0.1);
describe('an expectation', () => {
  const search = program(function* () {
    const loc = yield* param('loc', 0.4);
    return yield* sample('x', normal(loc, yield* param('scale', 0.8, { support: positive })));
  });
  /** The standard normal numbers that the first step draws for x. */
  const noiseOf = (made: Svi<void>, count: number, seed = 0): readonly number[] =>
    tf.tidy(() => {
      const at = foldIn(foldIn(drawKey(made.init(key(seed), undefined)), 'x'), 0);
      return [...drawNoise(at, baseNoise('normal', []), [count])];
    });

  it('of a step function descends by scores alone, in antithetic pairs: as by hand', () => {
    const spread = program(function* () {
      const scale = tf.exp(yield* param('logScale', Math.log(0.8)));
      return yield* sample('x', normal(yield* param('loc', 0.4), scale));
    });
    const step = (x: number): number => (x > 0.5 ? 2 : x > -0.3 ? 1 : 0);
    const seen: number[] = [];
    const box = blackBox(
      (x: Tensor) => {
        const at = Number(x.arraySync());
        seen.push(at);
        return step(at);
      },
      { shape: [] },
    );
    const made = svi({
      ...expectation(spread, box, { particles: 8, antithetic: true }),
      optimizer,
    });
    seen.splice(0);
    const found = slopesOf(made);
    const last = seen.slice(-8);
    const half = noiseOf(made, 4);
    const costs = [...half, ...half.map((e) => -e)].map((e) => step(0.4 + 0.8 * e));
    const total = costs.reduce((a, b) => a + b);
    // Each cost less the mean of the other pairs, times ∂ log N(x; loc, scale): by loc, and by log scale.
    const byHand = [...half, ...half.map((e) => -e)].map((e, k) => {
      const own = (costs[k] ?? 0) + (costs[(k + 4) % 8] ?? 0);
      const signal = ((costs[k] ?? 0) - (total - own) / 6) / 8;
      return [(signal * e) / 0.8, signal * (e * e - 1)];
    });
    ['loc', 'logScale'].forEach((name, i) =>
      expect(found[name], name).toBeCloseTo(
        byHand.reduce((sum, each) => sum + (each[i] ?? NaN), 0),
        5,
      ),
    );
    last.slice(0, 4).forEach((x, k) => expect(x + (last[k + 4] ?? NaN)).toBeCloseTo(0.8, 5));
  });

  /** Φ′(z). */
  const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

  it.each([false, true])(
    'by scores is unbiased for location and scale alike, antithetic: %s',
    (antithetic) => {
      // E 1{x > ½} = Φ(−(½ − loc) / scale): a step function of tensors, whose own slope is 0.
      const above = (x: Tensor) => tf.cast(tf.greater(x, 0.5), 'float32');
      const particles = 4000;
      const made = svi({
        ...expectation(search, above, { gradient: 'score', particles, antithetic }),
        optimizer,
      });
      const found = slopesOf(made, 5);
      const z = (0.5 - 0.4) / 0.8;
      // Scale is trained by its logarithm or by softplus: only its sign and loc are compared in closed form.
      // |cost − baseline| ≤ 1 and ε has variance 1: a standard error of at most 1 / (0.8 √4000) = 0.02,
      // of pairs √2 as much; five of them are exceeded once in 10⁶ seeds.
      expect(Math.abs((found['loc'] ?? NaN) - density(z) / 0.8)).toBeLessThan(
        5 * 0.02 * (antithetic ? Math.SQRT2 : 1),
      );
    },
  );

  it('of a smooth function has one gradient, by draws and by scores', () => {
    const bowl = (x: Tensor) => tf.square(tf.sub(x, 1));
    // ∂/∂loc E (x − 1)² = 2 (loc − 1).
    const by = (gradient: 'pathwise' | 'score', particles: number) =>
      slopesOf(svi({ ...expectation(search, bowl, { gradient, particles }), optimizer }), 6)['loc'];
    // Standard errors: 2 · 0.8 / √2000, and below 4 / √2000 of scores; five of them.
    expect(Math.abs((by('pathwise', 2000) ?? NaN) + 1.2)).toBeLessThan(0.18);
    expect(Math.abs((by('score', 2000) ?? NaN) + 1.2)).toBeLessThan(0.45);
  });

  it('is minimised by evolution strategies, the same in every engine', async () => {
    const strategy = program(function* () {
      const loc = yield* param('loc', [2, -1]);
      return yield* sample('x', independent(normal(loc, 0.1)));
    });
    const bowl = (x: Tensor) => tf.sum(tf.square(tf.sub(x, tf.tensor1d([0.5, 0.25]))), -1);
    const es = expectation(strategy, bowl, { particles: 10, gradient: 'score', antithetic: true });
    const made = svi({ ...es, optimizer: sgd(cosineDecay(0.3, 40)) });
    await sameInEveryEngine(
      svi({
        model: (_batch: Tensor) => es.model(),
        guide: (_batch: Tensor) => es.guide(),
        objective: es.objective,
        optimizer,
      }),
      tf.scalar(0),
    );
    tf.tidy(() => {
      let state = made.init(key(7), undefined);
      for (let i = 0; i < 40; i += 1) [state] = made.step(state, undefined);
      numbers(state.params['loc']).forEach((x, i) =>
        expect(Math.abs(x - (i === 0 ? 0.5 : 0.25))).toBeLessThan(0.02),
      );
    });
  });

  it('in pairs needs normal noise', () => {
    const flat = program(function* () {
      return yield* sample('x', uniform(0, yield* param('high', 1)));
    });
    const made = svi({
      ...expectation(flat, (x) => x, { particles: 2, antithetic: true }),
      optimizer,
    });
    expect(() => made.init(key(0), undefined)).toThrow(/'x'.*normal noise.*uniform noise/s);
  });
});

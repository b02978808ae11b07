/**
 * Plates and particles of a bound with every kind of site: a global normal, a global bit, and in a
 * plate a class and a normal that depends on it, with variational parameters of their own for each
 * datum. Noise is supplied, so what must be equal is equal up to rounding.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  deterministic,
  elbo,
  evidence,
  independent,
  key,
  logDensity,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  replay,
  sample,
  shared,
  simulate,
  trace,
} from 'marginalia';
import type { Params } from 'marginalia/inference';
import { type Joint, valuesIn } from 'marginalia/objectives';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { type Found, derivationOf, estimateAt } from './estimate-at.js';

const SIZE = 6;
const data = [0.5, -1, 2, 0.25, 1.5, -0.75];
const local = new Set(['k', 'z']);

const everyRow = Array.from({ length: SIZE }, (_, i) => i);

/** The element of `means` that a class stands for. */
const meanOf = (k: Tensor): Tensor => tf.gather(tf.tensor1d([-1, 0.5, 1]), tf.cast(k, 'int32'));

const modelOver = (rows: readonly number[]) =>
  program(function* () {
    const g = yield* sample('g', normal(0, 1));
    const b = yield* sample('b', bernoulli({ probs: 0.3 }));
    const noise = yield* param('noise', 1, { support: positive });
    const chances = yield* param('chances', tf.zeros([3]));
    const indices = tf.tensor1d([...rows], 'int32');
    yield* plate(
      'data',
      { size: SIZE, ...(rows.length < SIZE && { indices }) },
      program(function* () {
        const k = yield* sample('k', categorical({ logits: chances }));
        const z = yield* sample('z', normal(tf.add(g, meanOf(k)), 1));
        const x = tf.gather(tf.tensor1d(data), indices);
        yield* observe('x', normal(tf.add(z, b), noise), x);
      }),
    );
  });

const guideOver = (rows: readonly number[]) =>
  program(function* () {
    const scale = yield* param('g scale', 1, { support: positive });
    yield* sample('g', normal(yield* param('g loc', 0), scale));
    yield* sample('b', bernoulli({ logits: yield* param('b logits', 0) }));
    const indices = tf.tensor1d([...rows], 'int32');
    yield* plate(
      'data',
      { size: SIZE, ...(rows.length < SIZE && { indices }) },
      program(function* () {
        const k = yield* sample(
          'k',
          categorical({ logits: yield* param('k logits', tf.zeros([3])) }),
        );
        const loc = tf.add(yield* param('z loc', 0), tf.mul(meanOf(k), 0.3));
        const width = yield* shared(param('z scale', 1, { support: positive }));
        yield* sample('z', normal(loc, width));
      }),
    );
  });

const numbered = (count: number, step: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => Math.sin(step * (i + 1)));

const withParams = <A>(body: (params: Params) => A): A => {
  const params = {
    noise: tf.scalar(-0.2),
    chances: tf.tensor1d([0.2, -0.3, 0.1]),
    'g scale': tf.scalar(-0.4),
    'g loc': tf.scalar(0.3),
    'b logits': tf.scalar(0.6),
    'k logits': tf.tensor2d([...numbered(3 * SIZE, 1.7)], [SIZE, 3]),
    'z loc': tf.tensor1d([...numbered(SIZE, 2.3)]),
    'z scale': tf.scalar(-0.1),
  };
  const result = body(params);
  tf.dispose(params);
  return result;
};

/** Noise of the whole plate, of which a run that visits some rows gets theirs. */
const wholePlate =
  (source: NoiseSource, rows: readonly number[]): NoiseSource =>
  (site, block, noise, batch) => {
    if (!local.has(site)) return source(site, block, noise, batch);
    const whole = source(site, block, noise, [...batch.slice(0, -1), SIZE]);
    return tf.gather(whole, tf.tensor1d([...rows], 'int32'), batch.length - 1);
  };

const expectSame = (found: Found, expected: Found): void => {
  const near = (a: number, b: number): void =>
    expect(Math.abs(a - b)).toBeLessThan(2e-5 * Math.max(10, Math.abs(b)));
  near(found.value, expected.value);
  expect(Object.keys(found.gradients)).toEqual(Object.keys(expected.gradients));
  for (const [name, xs] of Object.entries(expected.gradients)) {
    expect(found.gradients[name]).toHaveLength(xs.length);
    xs.forEach((x, i) => near(found.gradients[name]?.[i] ?? NaN, x));
  }
};

const average = (runs: readonly Found[]): Found => {
  const mean = (read: (f: Found) => number): number =>
    runs.reduce((sum, f) => sum + read(f), 0) / runs.length;
  const [one] = runs;
  return {
    value: mean((f) => f.value),
    gradients: Object.fromEntries(
      Object.entries(one?.gradients ?? {}).map(([name, xs]) => [
        name,
        xs.map((_, i) => mean((f) => f.gradients[name]?.[i] ?? NaN)),
      ]),
    ),
    terms: {},
  };
};

const estimators = [
  { discrete: 'enumerate', closedFormKl: 'whereValid' },
  { discrete: 'enumerate', closedFormKl: 'never' },
  { discrete: 'score', closedFormKl: 'whereValid' },
  { discrete: 'score', closedFormKl: 'never' },
] as const;

describe.each(estimators)('by $discrete, closed forms $closedFormKl:', (preferences) => {
  it('particles side by side are single draws in turn', () =>
    withParams((params) => {
      const particles = 3;
      const all = keyedNoise(key(1));
      const [model, guide] = [modelOver(everyRow), guideOver(everyRow)];
      const together = estimateAt(
        model,
        guide,
        elbo({ ...preferences, particles, baseline: 'none' }),
        { noise: all, params },
      );
      const single = (i: number): Found =>
        estimateAt(model, guide, elbo(preferences), {
          noise: (site, block, noise, batch) =>
            tf.gather(all(site, block, noise, [particles, ...batch]), i),
          params,
        });
      expectSame(together, average([single(0), single(1), single(2)]));
    }));

  it.each([1, 2])('minibatches average to the full bound, with %d particles', (particles) =>
    withParams((params) => {
      const all = keyedNoise(key(2));
      const objective = elbo({ ...preferences, particles });
      const over = (rows: readonly number[]): Found =>
        estimateAt(modelOver(rows), guideOver(rows), objective, {
          noise: wholePlate(all, rows),
          params,
        });
      const full = over(everyRow);
      expectSame(average([over([0, 3]), over([5, 1]), over([2, 4])]), full);
      expectSame(average([over([0, 1, 5]), over([2, 3, 4])]), full);
      expectSame(average(everyRow.map((i) => over([i]))), full);
    }),
  );

  it("a datum's own parameters have a gradient where it is visited, from its own draws", () =>
    withParams((params) => {
      const rows = [4, 1];
      const objective = elbo({ ...preferences, particles: 2 });
      const at = (noise: NoiseSource): Found =>
        estimateAt(modelOver(rows), guideOver(rows), objective, { noise, params });
      const all = wholePlate(keyedNoise(key(3)), rows);
      const before = at(all);
      // Only the second visited datum, number 1, is drawn anew.
      const other = wholePlate(keyedNoise(key(4)), rows);
      const after = at((site, block, noise, batch) => {
        if (!local.has(site)) return all(site, block, noise, batch);
        const axis = batch.length - 1;
        const [first] = tf.split(all(site, block, noise, batch), 2, axis);
        const [, second] = tf.split(other(site, block, noise, batch), 2, axis);
        return first && second ? tf.concat([first, second], axis) : tf.scalar(NaN);
      });
      for (const [name, width] of [
        ['k logits', 3],
        ['z loc', 1],
      ] as const) {
        const [a, b] = [before, after].map((f) => f.gradients[name] ?? []);
        const row = (xs: readonly number[] | undefined, i: number): readonly number[] =>
          (xs ?? []).slice(i * width, (i + 1) * width);
        for (const i of everyRow) {
          if (rows.includes(i)) expect(row(a, i).some((x) => x !== 0)).toBe(true);
          else expect(row(a, i).every((x) => x === 0)).toBe(true);
        }
        expect(row(b, 4)).toEqual(row(a, 4));
        expect(row(b, 1)).not.toEqual(row(a, 1));
      }
    }));
});

describe('a subsample that the engine draws', () => {
  it.each([1, 3])('is the same in model and guide, with %d particles', (particles) => {
    const watched = (side: 'model' | 'guide') =>
      plate('data', { size: 40, subsample: 3 }, (indices) =>
        program(function* () {
          yield* deterministic('rows', tf.cast(indices, 'float32'));
          yield* sample('z', normal(0, side === 'model' ? 1 : 2));
        }),
      );
    /** Which rows there are, and how far those of model and guide are apart. */
    const looking = {
      ...elbo({ particles }),
      estimate: (joint: Joint) => {
        const [p, q] = (['model', 'guide'] as const).map(
          (side) => valuesIn(joint, side, 'rows').rows,
        );
        const apart = tf.sum(tf.abs(tf.sub(p ?? NaN, q ?? NaN)));
        const value = tf.mean(tf.square(p ?? NaN));
        return { value, surrogate: value, terms: { apart } };
      },
    };
    const found = [1, 2, 3].map((seed) =>
      estimateAt(watched('model'), watched('guide'), looking, { noise: keyedNoise(key(seed)) }),
    );
    expect(found.map(({ terms }) => terms['apart'])).toEqual([0, 0, 0]);
    expect(new Set(found.map(({ value }) => value)).size).toBe(3);
  });
});

describe('the scale of a subsample', () => {
  it('is that of all plates around a term, once', () => {
    const inner = { size: 5, indices: tf.tensor1d([3], 'int32') };
    const outer = { size: 6, indices: tf.tensor1d([0, 2], 'int32') };
    const coin = () => bernoulli({ probs: 0.25 });
    const model = plate(
      'outer',
      outer,
      program(function* () {
        yield* observe('one', coin(), [1, 1]);
        yield* plate('inner', inner, observe('two', coin(), [[1, 1]]));
      }),
    );
    const guide = program(function* () {});
    const { terms } = derivationOf(model, guide, elbo());
    expect(terms.map((t) => t.scale)).toEqual([3, 15]);
    const found = estimateAt(model, guide, elbo(), { noise: keyedNoise(key(0)) });
    expect(found.terms['logLikelihood one']).toBeCloseTo(6 * Math.log(0.25), 4);
    expect(found.terms['logLikelihood two']).toBeCloseTo(30 * Math.log(0.25), 4);
    tf.dispose([inner.indices, outer.indices]);
  });
});

describe('draws of a guide of its own depth', () => {
  /** log mean exp of the weights of `draws`, by hand. */
  const weighed = (
    model: Program<unknown, unknown>,
    guide: Program<unknown, unknown>,
    particles: number,
  ): { readonly weights: readonly number[]; readonly mean: number } =>
    tf.tidy(() => {
      const past = trace(guide, { key: key(3), particles });
      const scored = replay(model, past, { particles });
      const weights = tf.sub(scored.logJoint, past.logJoint);
      const mean = tf.sub(tf.logSumExp(weights), Math.log(particles));
      return { weights: [...weights.dataSync()], mean: mean.dataSync()[0] ?? NaN };
    });

  it('are replayed in a model of more plates, whose evidence they weigh', async () => {
    const table = tf.tensor2d([
      [0.5, 1, -1],
      [2, 0, 1],
    ]);
    const model = program(function* () {
      const z = yield* sample('z', independent(normal([0, 0], 1)));
      yield* plate(
        'columns',
        3,
        program(function* () {
          const w = yield* sample('w', normal(tf.sum(z, -1), 1));
          yield* plate('rows', 2, observe('x', normal(w, 1), table));
        }),
      );
    });
    const guide = program(function* () {
      yield* sample('z', independent(normal([0.1, -0.2], 1.1)));
      yield* plate('columns', 3, sample('w', normal([0.8, 0.4, 0], 0.8)));
    });
    // As many particles as elements, or as entries: none is taken for the other.
    for (const particles of [2, 3]) {
      const { weights } = weighed(model, guide, particles);
      const z = trace(guide, { key: key(3), particles });
      for (const [k, weight] of weights.entries()) {
        const own = (name: 'w' | 'z'): Tensor =>
          tf.squeeze(tf.slice(z.sites[name].value, k, 1), [0]);
        const values = { z: tf.reshape(own('z'), [2]), w: own('w') };
        const single = tf.sub(logDensity(model, { values }), logDensity(guide, { values }));
        expect(weight).toBeCloseTo(single.dataSync()[0] ?? NaN, 4);
      }
    }
    const found = await evidence(model, guide, { key: key(1), samples: 4000, chunk: 500 });
    const { mean } = weighed(model, guide, 4000);
    // Two estimates, each within five standard errors.
    expect(Math.abs(mean - found.total)).toBeLessThan(10 * (found.standardError[0] ?? 0));
    table.dispose();
  });

  it('or of fewer', () => {
    const own = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* plate('unseen', 4, deterministic('d', tf.zeros([4])));
      return z;
    });
    const { weights } = weighed(sample('z', normal(0, 1)), own, 3);
    expect(weights).toEqual([0, 0, 0]);
    // An axis of length 1, where no plate of this program is, is no axis of a value.
    const seen = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      return tf.stack([z, z]);
    });
    const values = { z: tf.ones([3, 1]) };
    expect(simulate(seen, { values, particles: 3 }).shape).toEqual([3, 2]);
  });

  it('and a value for each element is one for all particles, were there as many', () => {
    const w = plate('data', 3, sample('w', normal(0, 1)));
    const scored = logDensity(w, { values: { w: [0, 1, 2] }, particles: 3 });
    // −(0 + 1 + 4)/2 − 3/2 log 2π.
    scored.dataSync().forEach((x) => expect(x).toBeCloseTo(-5.2568156, 5));
  });
});

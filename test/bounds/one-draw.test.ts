/**
 * Programs see one draw: whatever they do with it, several particles are several runs, and a site whose values
 * are summed over is the sum of runs at each of them.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  derive,
  deterministic,
  elbo,
  expand,
  independent,
  iwae,
  key,
  logDensity,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  trace,
} from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { enumeration, measureValued } from 'marginalia/estimators';
import { enumerate } from 'marginalia/handlers';
import { describe, expect, it } from 'vitest';
import { keyedNoise } from '../../src/random/noise-source.js';
import { particlesOf } from '../../src/testing/law/noise-views.js';
import { estimateAt } from './estimate-at.js';

type AnyProgram = Program<unknown, unknown>;

const PARTICLES = 7;

const W = tf.keep(
  tf.tensor2d([
    [0.5, -1, 0.2],
    [0.2, 0.3, -0.4],
  ]),
);
const table = tf.keep(tf.tensor1d([1, -0.5, 2]));
const y = tf.keep(tf.tensor1d([0.3, -0.2]));

/** A site of four elements, what is made of it, and one observation of that. */
const ofFour = (f: (z: Tensor) => Tensor): { model: AnyProgram; guide: AnyProgram } => ({
  model: program(function* () {
    const z = yield* plate('p', 4, sample('z', normal(0, 1)));
    const made = f(z);
    yield* observe('x', independent(normal(made, 1), made.rank), tf.onesLike(made));
  }),
  guide: plate(
    'p',
    4,
    program(function* () {
      yield* sample('z', normal(yield* param('loc', 0), 0.5));
    }),
  ),
});

const square = (z: Tensor): Tensor => tf.reshape(z, [2, 2]);

const uses: Readonly<Record<string, (z: Tensor) => Tensor>> = {
  'a sum': (z) => tf.sum(z),
  'a sum along the last axis': (z) => tf.sum(z, -1),
  'a mean that keeps its axis': (z) => tf.mean(z, 0, true),
  'a norm': (z) => tf.norm(z),
  'the largest': (z) => tf.max(z),
  'an element': (z) => tf.gather(z, tf.scalar(2, 'int32'), 0),
  'some elements': (z) => tf.gather(z, tf.tensor1d([3, 0], 'int32')),
  'a slice': (z) => tf.slice(z, [1], [2]),
  'the order turned round': (z) => tf.reverse(z, 0),
  'more beside it': (z) => tf.concat([z, y], -1),
  'two halves, stacked': (z) => tf.stack([tf.slice(z, 0, 2), tf.slice(z, 2, 2)], 1),
  'a matrix of it': (z) => tf.matMul(square(z), W),
  'a matrix of it, transposed': (z) => tf.matMul(square(z), W, true),
  'its outer product': (z) => tf.mul(tf.expandDims(z, 1), tf.expandDims(z, 0)),
  'its sums one after another': (z) => tf.cumsum(z, 0),
  'those of a matrix, down': (z) => tf.cumsum(square(z), 0),
  'those of a matrix, along, from the end': (z) => tf.cumsum(square(z), -1, true, true),
  'a product': (z) => tf.prod(z),
  'products of rows': (z) => tf.prod(square(z), 1),
  'a choice by its own sign': (z) => tf.where(tf.greater(z, 0), tf.mul(z, 2), tf.mul(z, -1)),
  'a choice by its size': (z) => tf.where(tf.greater(tf.sum(z), 0), tf.exp(z), z),
  'a softmax': (z) => tf.softmax(z),
  tiles: (z) => tf.tile(z, [2]),
};

describe('particles are runs, whatever a program makes of a draw', () => {
  it.each(Object.entries(uses))('%s', (_, f) => {
    const { model, guide } = ofFour(f);
    const noise = keyedNoise(key(3));
    const params = { loc: tf.fill([4], 0.3) };
    for (const name of ['elbo', 'iwae'] as const) {
      const objective = (particles: number) =>
        name === 'elbo' ? elbo({ particles }) : iwae({ particles });
      const alone = Array.from({ length: PARTICLES }, (_unused, i) =>
        estimateAt(model, guide, objective(1), {
          noise: particlesOf(noise, PARTICLES, i, 1),
          params,
        }),
      );
      const together = estimateAt(model, guide, objective(PARTICLES), {
        noise,
        params,
      });
      const values = alone.map((one) => one.value);
      const slopes = alone.map((one) => one.gradients['loc']?.[0] ?? Number.NaN);
      const top = Math.max(...values);
      const weights = values.map((v) => (name === 'elbo' ? 1 : Math.exp(v - top)));
      const total = weights.reduce((a, b) => a + b);
      const mean =
        name === 'elbo'
          ? values.reduce((a, b) => a + b) / PARTICLES
          : top + Math.log(total / PARTICLES);
      const slope = slopes.reduce((so, s, i) => so + (s * (weights[i] ?? 0)) / total, 0);
      expect(together.value / mean).toBeCloseTo(1, 4);
      expect((together.gradients['loc']?.[0] ?? Number.NaN) / slope).toBeCloseTo(1, 3);
    }
    tf.dispose(params);
  });

  it('a sum of the elements of a plate has the bound and the evidence of mathematics', () => {
    const { model, guide } = {
      model: program(function* () {
        const a = yield* plate('p', 2, sample('a', normal(0, 1)));
        yield* observe('b', normal(tf.sum(a), 1), 1);
      }),
      guide: plate('p', 2, sample('a', normal(0.3, 0.5))),
    };
    // log N(1 | 0.6, 1) − half the variance 0.5, and −KL twice.
    const kl = 0.5 * (0.25 + 0.09 - 1 - Math.log(0.25));
    const exact = -0.5 * Math.log(2 * Math.PI) - 0.5 * (0.16 + 0.5) - 2 * kl;
    expect(exact).toBeCloseTo(-1.9752, 4);
    const many = { noise: keyedNoise(key(1)) };
    // The bound's standard deviation is below 1: 6 standard errors, a false alarm in 5e8.
    const found = estimateAt(model, guide, elbo({ particles: 40_000 }), many).value;
    expect(Math.abs(found - exact)).toBeLessThan(6 / Math.sqrt(40_000));
    const evidence = estimateAt(model, guide, iwae({ particles: 40_000 }), many).value;
    expect(Math.abs(evidence + 1.6349)).toBeLessThan(0.05);
  });
});

/** log Σ over all values of two sites of a program, each run by itself. */
const summedByHand = (model: AnyProgram, values: readonly (readonly [number, number])[]): number =>
  Math.log(
    values.reduce(
      (so, [a, b]) =>
        so + Math.exp(logDensity(model, { values: { a: [a, b] } }).dataSync()[0] ?? 0),
      0,
    ),
  );

const bits = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

describe('a site that is summed over is one value in each run', () => {
  it.each([1, PARTICLES])('that picks a row of a table, with %d particles', (particles) => {
    const mu = (): AnyProgram =>
      program(function* () {
        const k = yield* sample('k', categorical({ probs: [0.2, 0.3, 0.5] }));
        const loc = tf.gather(table, tf.cast(k, 'int32'), 0);
        yield* observe('x', normal(loc, 1), 1.5);
      });
    const guide = sample('k', categorical({ probs: [0.6, 0.3, 0.1] }));
    const { value } = estimateAt(
      mu(),
      guide,
      elbo({ particles, estimators: { k: enumeration() } }),
      {
        noise: keyedNoise(key(0)),
      },
    );
    const [q, p, locs] = [
      [0.6, 0.3, 0.1],
      [0.2, 0.3, 0.5],
      [1, -0.5, 2],
    ];
    const exact = q.reduce((so, own, k) => {
      const log = -0.5 * Math.log(2 * Math.PI) - 0.5 * (1.5 - (locs[k] ?? 0)) ** 2;
      return so + own * (log + Math.log(p[k] ?? 1) - Math.log(own));
    }, 0);
    expect(value).toBeCloseTo(exact, 5);
  });

  it.each([1, PARTICLES])('that stands beside a draw, with %d particles', (particles) => {
    const model = program(function* () {
      const z = yield* sample('z', independent(expand(normal(0, 1), [2])));
      const b = yield* sample('b', independent(expand(bernoulli({ probs: 0.4 }), [1])));
      const both = tf.concat([z, b], -1);
      yield* observe('x', normal(tf.sum(tf.square(both)), 1), 1);
    });
    const guide = program(function* () {
      yield* sample('z', independent(normal([0.2, -0.1], [0.5, 0.7])));
      yield* sample('b', independent(expand(bernoulli({ probs: 0.3 }), [1])));
    });
    const noise = keyedNoise(key(5));
    const summed = estimateAt(model, guide, elbo({ particles, estimators: { b: enumeration() } }), {
      noise,
    }).value;
    /** The same with the bit given: what it adds is found by hand. */
    const given = [0, 1].map((bit) => {
      const fixed = program(function* () {
        const z = yield* sample('z', independent(expand(normal(0, 1), [2])));
        const both = tf.concat([z, tf.tensor1d([bit])], -1);
        yield* observe('x', normal(tf.sum(tf.square(both)), 1), 1);
      });
      const draws = sample('z', independent(normal([0.2, -0.1], [0.5, 0.7])));
      return estimateAt(fixed, draws, elbo({ particles }), { noise }).value;
    });
    const kl = 0.3 * Math.log(0.3 / 0.4) + 0.7 * Math.log(0.7 / 0.6);
    expect(summed).toBeCloseTo(0.7 * (given[0] ?? 0) + 0.3 * (given[1] ?? 0) - kl, 4);
  });

  it('sums all joint values of a plate whose elements meet in one number', () => {
    const pools: readonly ((a: Tensor) => Tensor)[] = [
      (a) => tf.sum(a),
      (a) => tf.sum(a, -1),
      (a) => tf.mean(a, 0, true),
      (a) => tf.max(a),
      (a) => tf.mul(tf.gather(a, 0), tf.gather(a, 1)),
    ];
    for (const pool of pools) {
      const model = (probs: Tensor) =>
        program(function* () {
          const a = yield* plate('p', 2, sample('a', bernoulli({ probs })));
          yield* observe('b', normal(pool(a), 1), 1);
        });
      const at = (p: number): number => summedByHand(model(tf.scalar(p)), bits);
      const { logEvidence, marginals } = enumerate(model(tf.scalar(0.8)));
      expect(logEvidence.dataSync()[0]).toBeCloseTo(at(0.8), 5);
      // The chance that the first bit is on, of the joint values at which it is.
      const on = summedByHand(model(tf.scalar(0.8)), [
        [1, 0],
        [1, 1],
      ]);
      const chances = marginals['a'] ?? tf.zeros([2, 2]);
      expect(chances.shape).toEqual([2, 2]);
      expect(chances.dataSync()[2]).toBeCloseTo(Math.exp(on - at(0.8)), 5);
      const slope = grad((p: Tensor) => enumerate(model(p)).logEvidence)(tf.scalar(0.8));
      expect(slope.dataSync()[0]).toBeCloseTo((at(0.801) - at(0.799)) / 0.002, 2);
    }
    // log Σ p(a) p(b) N(1 | a + b, 1).
    expect(
      summedByHand(
        program(function* () {
          const a = yield* plate('p', 2, sample('a', bernoulli({ probs: 0.8 })));
          yield* observe('b', normal(tf.sum(a), 1), 1);
        }),
        bits,
      ),
    ).toBeCloseTo(-1.2303112, 5);
  });

  it('sums all joint values where an element of a plate looks at its neighbour', () => {
    const model = program(function* () {
      yield* plate(
        'p',
        2,
        program(function* () {
          const a = yield* sample('a', bernoulli({ probs: 0.7 }));
          yield* observe('x', normal(tf.cumsum(a), 0.8), [0.5, 1.5]);
        }),
      );
    });
    expect(enumerate(model).logEvidence.dataSync()[0]).toBeCloseTo(summedByHand(model, bits), 5);
    // A bound takes a score there.
    const guide = plate('p', 2, sample('a', bernoulli({ probs: 0.5 })));
    const [a] = derive(model, guide, elbo()).latents;
    expect(a?.estimator.name).toBe('scoreFunction');
    expect(a?.why).toContain('a term depends on several of its elements at once');
    expect(() => derive(model, guide, elbo({ estimators: { a: enumeration() } }))).toThrow(
      /a term depends on several of its elements at once/,
    );
    expect(() => derive(model, guide, elbo({ estimators: { a: measureValued() } }))).toThrow(
      /depends on several of its elements at once/,
    );
  });

  it('refuses more joint values than can be summed', () => {
    const model = program(function* () {
      const a = yield* plate('p', 20, sample('a', bernoulli({ probs: 0.7 })));
      yield* observe('x', normal(tf.sum(a), 1), 1);
    });
    expect(() => enumerate(model)).toThrow(/2 values at each of 20 elements.*scoreFunction/s);
  });
});

describe('what a program sees', () => {
  it.each([1, PARTICLES])(
    'of a summed site has the plates around, with %d particles',
    (particles) => {
      const seen: string[] = [];
      const model = plate(
        'p',
        3,
        program(function* () {
          const a = yield* sample('a', bernoulli({ probs: 0.3 }));
          const z = yield* sample('z', normal(0, 1));
          seen.push(String(a.shape), String(z.shape));
          // Its own element, by an index.
          const own = tf.stack([tf.gather(a, 0), tf.gather(a, 1), tf.gather(a, 2)]);
          yield* observe('x', normal(tf.add(z, own), 1), [0.5, -1, 2]);
        }),
      );
      const guide = plate(
        'p',
        3,
        program(function* () {
          yield* sample('a', bernoulli({ probs: 0.6 }));
          yield* sample('z', normal(0.2, 0.5));
        }),
      );
      const [a] = derive(model, guide, elbo()).latents;
      expect(a?.estimator.name).toBe('enumeration');
      const { value } = estimateAt(model, guide, elbo({ particles }), {
        noise: keyedNoise(key(1)),
      });
      expect(Number.isFinite(value)).toBe(true);
      expect(new Set(seen)).toEqual(new Set(['3']));
    },
  );

  it('of a subsample are the same elements, whichever draw it is', () => {
    const model = plate('data', { size: 40, subsample: 3 }, (rows) =>
      program(function* () {
        yield* sample('z', normal(0, 1));
        return yield* deterministic('rows', tf.cast(rows, 'float32'));
      }),
    );
    const rows = trace(model, { key: key(0), particles: 4 }).sites.rows?.value ?? tf.scalar(0);
    expect(rows.shape).toEqual([4, 3]);
    expect([...tf.max(rows, 0).dataSync()]).toEqual([...tf.min(rows, 0).dataSync()]);
  });
});

/**
 * Estimators agree. The exact gradient of a discrete model's bound is a finite difference of a sum
 * over all joint values, in double precision. Enumeration must give it, and so must the score
 * function, over noise that visits every outcome exactly as often as it is probable: no chance is
 * involved unless a test says so.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import { bernoulli, elbo, normal, observe, param, positive, program, sample } from 'marginalia';
import type { Params } from 'marginalia/inference';
import type { NoiseSource } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import {
  type LinearNetwork,
  type LinearNode,
  exactElbo as exactGaussianElbo,
  networkProgram,
  sigmaPoints,
} from '../../../src/testing/cases/linear-gaussian/index.js';
import {
  type DiscreteCase,
  type Tables,
  discreteCases,
  exactElbo,
  exhaustiveNoise,
  finiteDifferences,
  guideProgram,
  modelProgram,
  outcomes,
  paramsOf,
  tablesOf,
} from '../discrete-network.js';
import { type Found, estimateAt } from '../estimate-at.js';

const expectGradients = (found: Found['gradients'], exact: Tables, scale = 1): void => {
  for (const [name, xs] of Object.entries(exact)) {
    xs.forEach((x, i) => {
      const got = found[name]?.[i] ?? NaN;
      expect(Math.abs(got - scale * x), `${name}[${i}]: ${got} for ${x}`).toBeLessThan(
        2e-4 * Math.max(1, Math.abs(x)),
      );
    });
  }
};

const forAll = (runs: number, law: (c: DiscreteCase) => void): void =>
  fc.assert(fc.property(discreteCases, law), { numRuns: runs, seed: 30 });

describe('a discrete model', () => {
  it.each(['enumerate', 'score'] as const)('has the exact bound and gradients by %s', (discrete) =>
    forAll(discrete === 'score' ? 8 : 15, (c) => {
      const tables = tablesOf(c);
      const exact = finiteDifferences((t) => exactElbo(c, t), tables);
      const params = paramsOf(c);
      const particles = discrete === 'score' ? outcomes(c) : 1;
      for (const closedFormKl of ['whereValid', 'never'] as const) {
        const objective = elbo({ discrete, particles, closedFormKl, baseline: 'none' });
        const found = estimateAt(modelProgram(c), guideProgram(c), objective, {
          noise: exhaustiveNoise(c),
          params,
        });
        expect(Math.abs(found.value - exactElbo(c, tables))).toBeLessThan(2e-4);
        expectGradients(found.gradients, exact);
      }
      tf.dispose(params);
    }),
  );
});

const logit = (p: number): number => Math.log(p / (1 - p));
const sigmoid = (l: number): number => 1 / (1 + Math.exp(-l));
const logNormal = (x: number, mean: number): number =>
  -0.5 * (x - mean) ** 2 - 0.5 * Math.log(2 * Math.PI);

/** Scalars as parameters, and back. */
const scalars = (values: Readonly<Record<string, number>>): Params =>
  Object.fromEntries(Object.entries(values).map(([name, x]) => [name, tf.scalar(x)]));
const asTables = (values: Readonly<Record<string, number>>): Tables =>
  Object.fromEntries(Object.entries(values).map(([name, x]) => [name, [x]]));
const first = (tables: Tables, name: string): number => tables[name]?.[0] ?? NaN;

/** Noise by site: a row of numbers over the particles. */
const rows =
  (table: Readonly<Record<string, readonly number[]>>): NoiseSource =>
  (site, _block, noise, batch) =>
    tf.tensor([...(table[site] ?? [])], [...batch, ...noise.shape]);

describe('pathwise gradients', () => {
  it('are the derivatives of the exact bound', () => {
    const node = (
      name: string,
      offset: number,
      scale: number,
      parents: Readonly<Record<string, number>> = {},
    ): LinearNode => ({
      name,
      form: 'scalar',
      plates: [],
      parents: Object.fromEntries(Object.entries(parents).map(([p, w]) => [p, [[[w]]]])),
      offsets: [[offset]],
      scaleTrils: [[[scale]]],
      role: { kind: 'latent' },
    });
    const model: LinearNetwork = {
      plates: [],
      nodes: [
        node('z1', 0.5, 1.2),
        node('z2', -0.2, 0.7, { z1: 0.8 }),
        {
          ...node('x', 0, 0.9, { z1: 0.3, z2: 1.1 }),
          role: { kind: 'observed', values: [[1.7]] },
        },
      ],
    };
    const values = { m1: 0.1, l1: -0.3, a: 0.6, m2: 0.4, l2: 0.2, m3: 0 };
    const exact = finiteDifferences(
      (t) =>
        exactGaussianElbo(model, {
          plates: [],
          nodes: [
            node('z2', first(t, 'm1'), Math.exp(first(t, 'l1'))),
            node('z1', first(t, 'm2'), Math.exp(first(t, 'l2')), { z2: first(t, 'a') }),
          ],
        }),
      asTables(values),
    );
    const guide = program(function* () {
      const unused = yield* param('m3', 0);
      const scale1 = yield* param('l1', 1, { support: positive });
      const scale2 = yield* param('l2', 1, { support: positive });
      const z2 = yield* sample('z2', normal(yield* param('m1', 0), scale1));
      const slope = yield* param('a', 0);
      const loc = tf.add(tf.mul(slope, z2), yield* param('m2', 0));
      yield* sample('z1', normal(loc, scale2));
      return unused;
    });
    const params = scalars(values);
    const { particles, noise } = sigmaPoints([
      { site: 'z1', size: 1 },
      { site: 'z2', size: 1 },
    ]);
    for (const closedFormKl of ['whereValid', 'never'] as const) {
      const objective = elbo({ particles, closedFormKl });
      const { gradients } = estimateAt(networkProgram(model), guide, objective, { noise, params });
      expectGradients(gradients, exact);
    }
    tf.dispose(params);
  });
});

describe('a discrete site before a normal one', () => {
  const x = 1.3;
  const means = [-0.5, 2];
  const model = program(function* () {
    const c = yield* sample('c', bernoulli({ probs: 0.4 }));
    const w = yield* sample('w', normal(tf.sub(tf.mul(c, 2.5), 0.5), 1));
    yield* observe('x', normal(w, 1), x);
  });
  const guide = program(function* () {
    const c = yield* sample('c', bernoulli({ logits: yield* param('l', 0) }));
    const scale = yield* param('s', 1, { support: positive });
    const table = tf.stack([yield* param('m0', 0), yield* param('m1', 0)]);
    yield* sample('w', normal(tf.gather(table, tf.cast(c, 'int32')), scale));
  });
  const values = { l: logit(0.75), m0: 0.2, m1: 1.5, s: Math.log(0.6) };
  const bound = (t: Tables): number => {
    const q = sigmoid(first(t, 'l'));
    const scale = Math.exp(first(t, 's'));
    return [1 - q, q].reduce((sum, chance, c) => {
      const m = first(t, `m${c}`);
      const prior = Math.log(c === 1 ? 0.4 : 0.6) - Math.log(chance);
      const entropy = first(t, 's') + 0.5 * (1 + Math.log(2 * Math.PI));
      const joint = logNormal(m, means[c] ?? NaN) + logNormal(x, m) - scale ** 2;
      return sum + chance * (prior + entropy + joint);
    }, 0);
  };

  it.each([
    { discrete: 'enumerate', w: [1, -1], c: [0, 0] },
    {
      discrete: 'score',
      w: [1, -1, 1, -1, 1, -1, 1, -1],
      c: [0.1, 0.1, 0.3, 0.3, 0.6, 0.6, 0.9, 0.9],
    },
  ] as const)('has the exact gradients by $discrete', ({ discrete, w, c }) => {
    const params = scalars(values);
    for (const closedFormKl of ['whereValid', 'never'] as const) {
      const particles = w.length;
      const objective = elbo({ discrete, particles, closedFormKl, baseline: 'none' });
      const at = { noise: rows({ w, c }), params };
      const found = estimateAt(model, guide, objective, at);
      expect(found.value).toBeCloseTo(bound(asTables(values)), 4);
      expectGradients(found.gradients, finiteDifferences(bound, asTables(values)));
    }
    tf.dispose(params);
  });
});

describe('a discrete site after a normal one', () => {
  it('passes the score on to what the normal draw came from', () => {
    const model = program(function* () {
      const w = yield* sample('w', normal(0, 1));
      const c = yield* sample('c', bernoulli({ logits: w }));
      yield* observe('x', normal(tf.add(w, c), 1), 0.8);
    });
    const guide = program(function* () {
      const w = yield* sample('w', normal(yield* param('m', 0), 0.5));
      yield* sample('c', bernoulli({ logits: tf.mul(w, yield* param('k', 1)) }));
    });
    // w = 0.5 + 0.5 · 1.2 = 1.1, and k w = log 3: a one has probability three quarters.
    const params = scalars({ m: 0.5, k: Math.log(3) / 1.1 });
    const found = (['enumerate', 'score'] as const).map((discrete) => {
      const objective = elbo({ discrete, particles: 4, baseline: 'none' });
      const w = [1.2, 1.2, 1.2, 1.2];
      return estimateAt(model, guide, objective, {
        noise: rows({ w, c: [0.1, 0.3, 0.6, 0.9] }),
        params,
      });
    });
    const [summed, scored] = found;
    expect(scored?.value).toBeCloseTo(summed?.value ?? NaN, 5);
    expectGradients(scored?.gradients ?? {}, summed?.gradients ?? {});
    tf.dispose(params);
  });
});

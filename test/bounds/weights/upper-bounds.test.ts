/**
 * Upper bounds, and guides that are wider than the model. Noise visits every outcome as often as it
 * is probable, so K particles are the expectation itself; a plate of data has each of its elements
 * visit them all. No chance is involved.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  bernoulli,
  bijectors,
  categorical,
  evidence,
  iwae,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  showDerivation,
  transformed,
  uniform,
} from 'marginalia';
import { cubo, eubo } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import { asTables, expectNear, logMeanExp, logNormal, scalars, sigmoid } from '../../double.js';
import { type Found, derivationOf, estimateAt } from '../estimate-at.js';

/** c ~ Bernoulli, b | c ~ Bernoulli, x | b, c ~ N; the guide draws b first, then c from it. */
const data = [0.5, -1.2];
const values = { prior: 0.3, link: 0.8, mean: 1.1, l: Math.log(3), k: -Math.log(3) };
const model = program(function* () {
  const [prior, link] = [yield* param('prior', 0), yield* param('link', 0)];
  const mean = yield* param('mean', 0);
  yield* plate(
    'data',
    data.length,
    program(function* () {
      const c = yield* sample('c', bernoulli({ logits: prior }));
      const b = yield* sample('b', bernoulli({ logits: tf.mul(c, link) }));
      yield* observe('x', normal(tf.mul(mean, tf.add(b, c)), 1), data);
    }),
  );
});
/** Chances are whole quarters: of b three, of c one or three. */
const guide = program(function* () {
  const [l, k] = [yield* param('l', 0), yield* param('k', 0)];
  yield* plate(
    'data',
    data.length,
    program(function* () {
      const b = yield* sample('b', bernoulli({ logits: l }));
      yield* sample('c', bernoulli({ logits: tf.mul(k, tf.sub(tf.mul(b, 2), 1)) }));
    }),
  );
});
const particles = 16;
const noise: NoiseSource = (site, _block, _law, batch) =>
  tf.tensor(
    Array.from({ length: particles * data.length }, (_, i) => {
      const k = Math.floor(i / data.length);
      return ((site === 'b' ? k % 4 : Math.floor(k / 4)) + 0.5) / 4;
    }),
    [...batch],
  );

interface Outcome {
  readonly logQ: number;
  readonly logP: number;
}
const outcomes = (t: Tables, x: number): readonly Outcome[] => {
  const at = (name: string): number => t[name]?.[0] ?? NaN;
  const chance = (logits: number, z: number): number =>
    Math.log(sigmoid(z === 1 ? logits : -logits));
  return [0, 1].flatMap((b) =>
    [0, 1].map((c) => ({
      logQ: chance(at('l'), b) + chance(at('k') * (2 * b - 1), c),
      logP: chance(at('prior'), c) + chance(c * at('link'), b) + logNormal(x, at('mean') * (b + c)),
    })),
  );
};
const logSumExp = (xs: readonly number[]): number => logMeanExp(xs) + Math.log(xs.length);
const total = (of: (x: number) => number): number => data.reduce((sum, x) => sum + of(x), 0);
const logEvidence = (t: Tables): number =>
  total((x) => logSumExp(outcomes(t, x).map((o) => o.logP)));
const exact: Readonly<Record<string, (t: Tables) => number>> = {
  eubo: (t) =>
    total((x) => {
      const all = outcomes(t, x);
      const z = logSumExp(all.map((o) => o.logP));
      return all.reduce((sum, o) => sum + Math.exp(o.logP - z) * (o.logP - o.logQ), 0);
    }),
  cubo: (t) => total((x) => logSumExp(outcomes(t, x).map((o) => 2 * o.logP - o.logQ)) / 2),
  'cubo of order 3': (t) =>
    total((x) => logSumExp(outcomes(t, x).map((o) => 3 * o.logP - 2 * o.logQ)) / 3),
};
const objectives: Readonly<Record<string, Objective>> = {
  eubo: eubo({ particles }),
  cubo: cubo({ particles }),
  'cubo of order 3': cubo({ particles, order: 3 }),
};

describe('an upper bound over every outcome', () => {
  const tables = asTables(values);
  const found = (objective: Objective): Found => {
    const params = scalars(values);
    const result = estimateAt(model, guide, objective, { noise, params });
    tf.dispose(params);
    return result;
  };

  it.each(Object.keys(exact))('%s is the exact one, above log evidence', (name) => {
    const bound = exact[name]?.(tables) ?? NaN;
    const { value } = found(objectives[name] ?? eubo({ particles }));
    expectNear(-value, bound, 1e-5);
    expect(bound).toBeGreaterThan(logEvidence(tables) + 0.01);
  });

  it.each(Object.keys(exact))("%s descends by the exact gradient, the guide's alone", (name) => {
    const { gradients } = found(objectives[name] ?? eubo({ particles }));
    const slopes = finiteDifferences(exact[name] ?? logEvidence, tables);
    for (const guided of ['l', 'k']) {
      const slope = slopes[guided]?.[0] ?? NaN;
      expect(Math.abs(slope)).toBeGreaterThan(0.05);
      expectNear(-(gradients[guided]?.[0] ?? NaN), slope);
    }
    for (const own of ['prior', 'link', 'mean']) {
      expect(gradients[own]?.[0]).toBeCloseTo(0, 12);
    }
  });
});

it('says what it is the expectation of', () => {
  const params = scalars(values);
  const lines = (objective: Objective): readonly string[] =>
    showDerivation(derivationOf(model, guide, objective, params)).split('\n');
  expect(lines(eubo({ particles }))[0]).toBe(
    'log p(data) ≤ EUBO = Σ_data E_p(latent | data)[log w], log w =',
  );
  expect(lines(cubo({ particles, order: 3 }))[0]).toBe(
    'log p(data) ≤ CUBO = Σ_data 1/3 log E_q[w^3], log w =',
  );
  expect(lines(cubo({ particles })).at(-1)).toBe('trained: the parameters of the guide alone');
  tf.dispose(params);
});

describe('a guide that is wider than the model', () => {
  it('has weight 0 where a discrete model has no value', () => {
    const x = 0.7;
    const bits = program(function* () {
      const z = yield* sample('z', bernoulli({ logits: yield* param('prior', 0) }));
      yield* observe('x', normal(z, 1), x);
    });
    const classes = program(function* () {
      const free = tf.stack([yield* param('l', 0), tf.scalar(0), yield* param('r', 0)]);
      yield* sample('z', categorical({ logits: free }));
    });
    // Gumbel noise so large that each class is drawn as often as it is probable: a half, a quarter
    // and a quarter.
    const drawn = [0, 0, 1, 2];
    const gumbel: NoiseSource = (_s, _b, law, batch) =>
      tf.tensor(
        drawn.flatMap((z) => [0, 1, 2].map((k) => (k === z ? 1000 : 0))),
        [...batch, ...law.shape],
      );
    const params = scalars({ prior: 0.4, l: Math.LN2, r: 0 });
    const bound = (t: Tables): number => {
      const at = (name: string): number => t[name]?.[0] ?? NaN;
      const norm = logSumExp([at('l'), 0, at('r')]);
      const logP = [0, 1].map(
        (z) => Math.log(sigmoid(z === 1 ? at('prior') : -at('prior'))) + logNormal(x, z),
      );
      const z = logSumExp(logP);
      const logQ = [at('l') - norm, -norm];
      return logP.reduce((sum, p, i) => sum + Math.exp(p - z) * (p - (logQ[i] ?? NaN)), 0);
    };
    const result = estimateAt(bits, classes, eubo({ particles: 4 }), { noise: gumbel, params });
    const tables = asTables({ prior: 0.4, l: Math.LN2, r: 0 });
    expectNear(-result.value, bound(tables), 1e-5);
    const slopes = finiteDifferences(bound, tables);
    for (const name of ['l', 'r']) {
      expectNear(-(result.gradients[name]?.[0] ?? NaN), slopes[name]?.[0] ?? NaN);
    }
    tf.dispose(params);
  });

  it.each<readonly [string, Distribution, readonly number[]]>([
    ['a half line', transformed(normal(0, 1), bijectors.exp), [0.5, -0.2, 1.3, -2]],
    ['an interval', uniform(0, 1), [0.5, -0.2, 1.3, 0.9]],
  ])('has weight 0 off %s, and no NaN', async (_, prior, zs) => {
    const wide = sample('z', normal(0, 1));
    const on = program(function* () {
      const z = yield* sample('z', prior);
      yield* observe('x', normal(tf.log(z), yield* param('noise', 1)), 0.2);
    });
    const params = scalars({ noise: 1 });
    const inside = zs.filter((z) => (prior.support.kind === 'positive' ? z > 0 : z > 0 && z < 1));
    expect(inside.length).toBeLessThan(zs.length);
    const weights = inside.map((z) => {
      const density =
        prior.support.kind === 'positive' ? logNormal(Math.log(z), 0) - Math.log(z) : 0;
      return density + logNormal(0.2, Math.log(z)) - logNormal(z, 0);
    });
    const given: NoiseSource = () => tf.tensor1d([...zs]);
    const shares = weights.map((w) => Math.exp(w - logSumExp(weights)));
    const upper = estimateAt(on, wide, eubo({ particles: 4 }), { noise: given, params });
    expectNear(
      -upper.value,
      weights.reduce((sum, w, i) => sum + (shares[i] ?? NaN) * w, 0),
      1e-5,
    );
    const covering = {
      ...iwae({ particles: 4 }),
      meaning: {
        ...iwae({ particles: 4 }).meaning,
        requires: eubo({ particles: 4 }).meaning.requires,
      },
    };
    const lower = estimateAt(on, wide, covering, { noise: given, params });
    expectNear(lower.value, logSumExp(weights) - Math.log(4), 1e-5);
    const slope = shares.reduce(
      (sum, s, i) => sum + s * ((0.2 - Math.log(inside[i] ?? NaN)) ** 2 - 1),
      0,
    );
    expectNear(lower.gradients['noise']?.[0] ?? NaN, slope);
    tf.dispose(params);
  });

  it('still estimates evidence', async () => {
    // A uniform on (0, 1), nothing observed: log evidence is 0. The relative deviation of a weight is
    // below 1.5, so 20,000 have a standard error below 0.011; beyond five of them: 6e-7.
    const { total: log } = await evidence(sample('z', uniform(0, 1)), sample('z', normal(0, 1)), {
      key: key(1),
      samples: 20_000,
      chunk: 5000,
    });
    expect(Math.abs(log)).toBeLessThan(0.055);
  });
});

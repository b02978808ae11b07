/**
 * Wake-sleep by phases. The sleep phase's dreams visit every outcome of the model as often as it is
 * probable; no chance is involved.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Tensor,
  bernoulli,
  categorical,
  derive,
  iwae,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  showDerivation,
  uniform,
} from 'marginalia';
import { eubo, reweightedWakeSleep, sleepPhi, wakePhi, wakeTheta } from 'marginalia/objectives';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import { asTables, expectNear, scalars, sigmoid } from '../../double.js';
import { type Found, derivationOf, estimateAt } from '../estimate-at.js';

const first = (found: Found, name: string): number => found.gradients[name]?.[0] ?? NaN;

describe('the wake phases', () => {
  const K = 5;
  const values = { noise: 0.2, high: 0.9, loc: 0.4, scale: -0.3, l: 0.7, both: 0.3 };
  const model = program(function* () {
    const noise = yield* param('noise', 1, { support: positive });
    const [high, both] = [yield* param('high', 0), yield* param('both', 0)];
    yield* plate(
      'data',
      3,
      program(function* () {
        const z = yield* sample('z', normal(both, 1));
        const c = yield* sample('c', bernoulli({ logits: z }));
        yield* observe('x', normal(tf.add(z, tf.mul(high, c)), noise), [0.5, -1, 2]);
      }),
    );
  });
  const guide = program(function* () {
    const loc = tf.add(yield* param('loc', 0), yield* param('both', 0));
    const scale = yield* param('scale', 1, { support: positive });
    const l = yield* param('l', 0);
    yield* plate(
      'data',
      3,
      program(function* () {
        const z = yield* sample('z', normal(loc, scale));
        yield* sample('c', bernoulli({ logits: tf.mul(l, z) }));
      }),
    );
  });
  const at = (objective: Objective): Found => {
    const params = scalars(values);
    const found = estimateAt(model, guide, objective, { noise: keyedNoise(key(4)), params });
    tf.dispose(params);
    return found;
  };

  it("has the gradient of iwae for the model's parameters, draw by draw, and no other", () => {
    const [theta, plain] = [at(wakeTheta({ particles: K })), at(iwae({ particles: K }))];
    expectNear(theta.value, plain.value, 1e-6);
    for (const name of ['noise', 'high']) {
      expectNear(first(theta, name), first(plain, name), 1e-5);
      expect(Math.abs(first(theta, name))).toBeGreaterThan(0.05);
    }
    for (const name of ['loc', 'scale', 'l']) expect(first(theta, name)).toBeCloseTo(0, 12);
  });

  it("has the upper bound's for the guide's, and one that both have gets both", () => {
    const theta = at(wakeTheta({ particles: K }));
    const [phi, upper] = [at(wakePhi({ particles: K })), at(eubo({ particles: K }))];
    expect(phi).toEqual(upper);
    const both = at(reweightedWakeSleep({ particles: K }));
    expectNear(both.value, theta.value, 1e-6);
    for (const name of Object.keys(values)) {
      expectNear(first(both, name), first(theta, name) + first(phi, name), 1e-5);
    }
    expect(Math.abs(first(theta, 'both'))).toBeGreaterThan(0.01);
    expect(Math.abs(first(phi, 'both'))).toBeGreaterThan(0.01);
  });

  it("refuses a model whose support moves with its parameters, where the model's are trained", () => {
    const moved = program(function* () {
      const r = yield* param('r', 1.3, { support: positive });
      const z = yield* sample('z', uniform(0, tf.mul(r, 2)));
      yield* observe('x', normal(z, 0.7), 0.8);
    });
    const band = program(function* () {
      const r = yield* param('r', 1.3, { support: positive });
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', uniform(tf.sub(z, r), tf.add(z, r)), 0.8);
    });
    const free = program(function* () {
      yield* sample('z', normal(0, yield* param('r', 1, { support: positive })));
    });
    const fixed = program(function* () {
      const r = yield* param('r', 1.3, { support: positive });
      const z = yield* sample('z', uniform(0, 2));
      const w = yield* sample('w', uniform(0, tf.add(z, 1)));
      yield* observe('x', normal(tf.add(z, w), r), 0.8);
      // Data lie where they lie, whatever is drawn.
      yield* observe('y', uniform(0, r), 0.8);
    });
    const pair = program(function* () {
      yield* sample('z', normal(0, 1));
      yield* sample('w', normal(0, 1));
    });
    for (const objective of [wakeTheta({ particles: 2 }), reweightedWakeSleep({ particles: 2 })]) {
      for (const [moving, site] of [
        [moved, 'z'],
        [band, 'x'],
      ] as const) {
        expect(() => derive(moving, free, objective)).toThrow(
          new RegExp(
            `site '${site}' of the model: .*Uniform, whose support moves .* 'r'.*fixed support`,
          ),
        );
      }
      expect(derive(fixed, pair, objective).latents).toHaveLength(2);
    }
    // Its gradient is for the guide alone.
    expect(derive(moved, free, eubo({ particles: 2 })).latents).toHaveLength(1);
  });

  it('counts nothing for draws that the model excludes', () => {
    const bits = program(function* () {
      const z = yield* sample('z', bernoulli({ logits: yield* param('chance', 0) }));
      yield* observe('x', normal(z, 1), 1);
    });
    const classes = sample('z', categorical({ probs: [1, 1, 1] }));
    const gumbels: NoiseSource = (_s, _b, law, batch) =>
      tf.tensor(
        [0, 1, 2].flatMap((z) => [0, 1, 2].map((k) => (k === z ? 1000 : 0))),
        [...batch, ...law.shape],
      );
    const params = scalars({ chance: 0.3 });
    const objective = wakeTheta({ particles: 3 });
    const found = estimateAt(bits, classes, objective, { noise: gumbels, params });
    // Posterior odds of a one: those of the prior times e^½.
    expectNear(first(found, 'chance'), sigmoid(0.8) - sigmoid(0.3), 1e-5);
    tf.dispose(params);
  });
});

describe('the sleep phase', () => {
  /** z ~ Bernoulli(¼), x | z ~ Bernoulli(¼ or ¾), in a plate of 16 that visits every outcome. */
  const size = 16;
  const model = (data: Tensor, scale = 1) =>
    program(function* () {
      const [prior, link] = [yield* param('prior', 0), yield* param('link', 0)];
      const indices = tf.range(0, size, 1, 'int32');
      yield* plate(
        'data',
        { size: size * scale, ...(scale > 1 && { indices }) },
        program(function* () {
          const z = yield* sample('z', bernoulli({ logits: prior }));
          const logits = tf.mul(link, tf.sub(tf.mul(z, 2), 1));
          yield* observe('x', bernoulli({ logits }), data);
        }),
      );
    });
  const guide = (x: Tensor, scale = 1) =>
    program(function* () {
      const [a, b] = [yield* param('a', 0), yield* param('b', 0)];
      const indices = tf.range(0, size, 1, 'int32');
      yield* plate(
        'data',
        { size: size * scale, ...(scale > 1 && { indices }) },
        sample('z', bernoulli({ logits: tf.add(a, tf.mul(b, x)) })),
      );
    });
  const values = { prior: -Math.log(3), link: Math.log(3), a: 0.4, b: -0.7 };
  const noise: NoiseSource = (site, _block, _law, [n = 1]) =>
    tf.tensor1d(
      Array.from(
        { length: n },
        (_, i) => ((site === 'dream z' ? i % 4 : Math.floor(i / 4)) + 0.5) / 4,
      ),
    );
  const exact = (t: Tables): number => {
    const at = (name: string): number => t[name]?.[0] ?? NaN;
    const chance = (logits: number, on: number): number => sigmoid(on === 1 ? logits : -logits);
    return [0, 1].reduce(
      (sum, z) =>
        [0, 1].reduce((total, x) => {
          const p = chance(-Math.log(3), z) * chance(Math.log(3) * (2 * z - 1), x);
          return total + p * Math.log(chance(at('a') + at('b') * x, z));
        }, sum),
      0,
    );
  };
  const asleep = (data: Tensor, scale = 1): Found => {
    const params = scalars(values);
    const objective = sleepPhi({ guide: ({ x }) => guide(x ?? tf.scalar(NaN), scale) });
    const found = estimateAt(model(data, scale), guide(data, scale), objective, { noise, params });
    tf.dispose(params);
    return found;
  };

  it('is the expected log q over every dream, whose gradient is for the guide alone', () => {
    const found = asleep(tf.ones([size]));
    expectNear(found.value / size, exact(asTables(values)), 1e-5);
    const slopes = finiteDifferences(exact, asTables(values));
    for (const name of ['a', 'b']) {
      expectNear(first(found, name) / size, slopes[name]?.[0] ?? NaN);
      expect(Math.abs(first(found, name))).toBeGreaterThan(0.1);
    }
    for (const name of ['prior', 'link']) expect(first(found, name)).toBeCloseTo(0, 12);
  });

  it('does not look at the data, and is scaled up', () => {
    const found = asleep(tf.ones([size]));
    expect(asleep(tf.zeros([size]))).toEqual(found);
    const scaled = asleep(tf.ones([size]), 3);
    expectNear(scaled.value, 3 * found.value, 1e-5);
    expectNear(first(scaled, 'a'), 3 * first(found, 'a'), 1e-5);
  });

  it('passes nothing through a dream of normals', () => {
    const chain = program(function* () {
      const z = yield* sample('z', normal(yield* param('m', 0), 1));
      yield* observe('x', normal(z, 1), 5);
    });
    const reverse = (x: Tensor) =>
      program(function* () {
        yield* sample('z', normal(tf.mul(yield* param('slope', 0), x), 1));
      });
    const params = scalars({ m: 0.5, slope: 0.4 });
    const given: NoiseSource = (site) => tf.scalar(site === 'dream z' ? 1.5 : -0.25);
    const objective = sleepPhi({ guide: ({ x }) => reverse(x ?? tf.scalar(NaN)) });
    const found = estimateAt(chain, reverse(tf.scalar(5)), objective, { noise: given, params });
    // The dream is z = 2, x = 1.75.
    expectNear(first(found, 'slope'), (2 - 0.4 * 1.75) * 1.75, 1e-5);
    expect(first(found, 'm')).toBeCloseTo(0, 12);
    tf.dispose(params);
  });

  it('refuses a guide of other sites, and says what it is', () => {
    const data = tf.ones([size]);
    const other = sleepPhi({ guide: () => sample('w', normal(0, 1)) });
    const params = scalars(values);
    const at = { noise, params };
    expect(() => estimateAt(model(data), guide(data), other, at)).toThrow(
      "site 'w' of the guide: expected a site that the model draws as well",
    );
    expect(showDerivation(derivationOf(model(data), guide(data), other, params))).toBe(
      [
        'sleep = E_p(latent, data)[log q(latent | data)]',
        'estimated with 1 particle:',
        '  z ~ Bernoulli for Bernoulli',
        '    gradient: log q of model draws: log q is raised at draws of the model, and its own draws are not used',
        'trained: the parameters of the guide alone',
      ].join('\n'),
    );
    tf.dispose(params);
  });
});

/**
 * The score function of bounds over importance weights. An expectation over the draws of K particles
 * is taken by a plate: its elements share data and parameters, and their noise visits every outcome
 * of K draws as often as it is probable. No chance is involved.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  bernoulli,
  categorical,
  iwae,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
} from 'marginalia';
import { type Joint, estimateWeights, logPowerMean } from 'marginalia/objectives';
import type { NoiseSource } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import {
  asTables,
  expectGradients,
  expectNear,
  logMeanExp,
  logNormal,
  scalars,
  sigmoid,
} from '../../double.js';
import { type Found, estimateAt } from '../estimate-at.js';

describe('a site without a gradient', () => {
  const tables = { l: Math.log(3), prior: 0.4, low: -0.5, high: 1.2 };
  const x = 0.8;
  const size = (particles: number): number => 4 ** particles;
  /** Element i of the plate has the i-th combination of quarters of K uniforms. */
  const quarters: NoiseSource = (_site, _block, _noise, [particles = 1, elements = 1]) =>
    tf.tensor(
      Array.from({ length: particles * elements }, (_, i) => {
        const [k, element] = [Math.floor(i / elements), i % elements];
        return ((Math.floor(element / 4 ** k) % 4) + 0.5) / 4;
      }),
      [particles, elements],
    );
  const model = (elements: number) =>
    program(function* () {
      const prior = yield* param('prior', 0);
      const means = tf.stack([yield* param('low', 0), yield* param('high', 0)]);
      yield* plate(
        'data',
        elements,
        program(function* () {
          const z = yield* sample('z', bernoulli({ logits: prior }));
          yield* observe('x', normal(tf.gather(means, tf.cast(z, 'int32')), 1), x);
        }),
      );
    });
  const guide = (elements: number) =>
    program(function* () {
      const logits = yield* param('l', 0);
      yield* plate('data', elements, sample('z', bernoulli({ logits })));
    });
  const exact =
    (particles: number) =>
    (t: Tables): number => {
      const at = (name: string): number => t[name]?.[0] ?? NaN;
      const chance = (l: number, z: number): number => (z === 1 ? sigmoid(l) : sigmoid(-l));
      return Array.from({ length: 2 ** particles }, (_, i) =>
        Array.from({ length: particles }, (__, k) => Math.floor(i / 2 ** k) % 2),
      ).reduce((total, zs) => {
        const weights = zs.map(
          (z) =>
            Math.log(chance(at('prior'), z)) +
            logNormal(x, at(z === 1 ? 'high' : 'low')) -
            Math.log(chance(at('l'), z)),
        );
        const probability = zs.reduce((p, z) => p * chance(at('l'), z), 1);
        return total + probability * logMeanExp(weights);
      }, 0);
    };

  it.each([
    { particles: 1, baseline: 'none' },
    { particles: 2, baseline: 'none' },
    { particles: 2, baseline: 'leaveOneOut' },
    { particles: 3, baseline: 'leaveOneOut' },
  ] as const)('has the exact gradient, $particles particles, $baseline', (options) => {
    const { particles } = options;
    const params = scalars(tables);
    const found = estimateAt(model(size(particles)), guide(size(particles)), iwae(options), {
      noise:
        particles === 1
          ? (s, b, n, [e = 1]) => tf.squeeze(quarters(s, b, n, [1, e]), [0])
          : quarters,
      params,
    });
    const n = size(particles);
    expectNear(found.value / n, exact(particles)(asTables(tables)), 1e-5);
    expectGradients(found.gradients, finiteDifferences(exact(particles), asTables(tables)), n);
    tf.dispose(params);
  });

  it('has the same signal by the reduction alone as by the formula of the power mean', () => {
    const params = scalars(tables);
    const noise: NoiseSource = (_s, _b, _n, batch) => tf.tensor([0.1, 0.9, 0.4], [...batch]);
    const closed = iwae({ particles: 3 });
    const alone = {
      ...closed,
      estimate: (joint: Joint) => estimateWeights(joint, (w) => logPowerMean(w, 1)),
    };
    const of = (objective: Objective) =>
      estimateAt(model(1), guide(1), objective, { noise, params });
    expectGradients(of(alone).gradients, of(closed).gradients);
    tf.dispose(params);
  });

  it('has a signal that does not depend on its own particle', () => {
    // Two particles with one outcome each: f − f₋ₖ by hand.
    const params = scalars(tables);
    const noise: NoiseSource = (_s, _b, _n, batch) => tf.tensor([0.1, 0.9], [...batch]);
    const found = estimateAt(model(1), guide(1), iwae({ particles: 2 }), { noise, params });
    const weight = (z: number): number =>
      Math.log(z === 1 ? sigmoid(0.4) : sigmoid(-0.4)) +
      logNormal(x, z === 1 ? 1.2 : -0.5) -
      Math.log(z === 1 ? 0.75 : 0.25);
    const [one, zero] = [weight(1), weight(0)];
    const bound = logMeanExp([one, zero]);
    const share = Math.exp(one - bound) / 2;
    // ∂ log q / ∂ l is 1 − q for a one and −q for a zero.
    const direct = -(share * 0.25 - (1 - share) * 0.75);
    expectNear(
      found.gradients['l']?.[0] ?? NaN,
      (bound - zero) * 0.25 - (bound - one) * 0.75 + direct,
      1e-5,
    );
    tf.dispose(params);
  });

  it('may be after a normal one, or before it', () => {
    const params = scalars({ m: 0.2, k: 0.9, s: -0.3, d: 0.5 });
    const elements = 16;
    const shared = { w: [0.7, -1.1], v: [-0.4, 1.3] };
    const joint = plate(
      'data',
      elements,
      program(function* () {
        const w = yield* sample('w', normal(0, 1));
        const c = yield* sample('c', bernoulli({ logits: w }));
        const v = yield* sample('v', normal(tf.sub(c, w), 1));
        yield* observe('x', normal(tf.add(v, c), 1), x);
      }),
    );
    const proposal = program(function* () {
      const [m, k] = [yield* param('m', 0), yield* param('k', 1)];
      const [s, d] = [yield* param('s', 1, { support: positive }), yield* param('d', 0)];
      yield* plate(
        'data',
        elements,
        program(function* () {
          const w = yield* sample('w', normal(m, s));
          const c = yield* sample('c', bernoulli({ logits: tf.mul(k, w) }));
          yield* sample('v', normal(tf.mul(d, c), s));
        }),
      );
    });
    // Every outcome of c at two particles, with their probabilities, at fixed noise of w and v.
    const bound = (t: Tables): number => {
      const [m, k, s, d] = ['m', 'k', 's', 'd'].map((n) => t[n]?.[0] ?? NaN);
      if (m === undefined || k === undefined || s === undefined || d === undefined) return NaN;
      const weigh = (particle: number, c: number) => {
        const scale = Math.exp(s);
        const w = m + scale * (shared.w[particle] ?? NaN);
        const v = d * c + scale * (shared.v[particle] ?? NaN);
        const chance = sigmoid(c === 1 ? k * w : -k * w);
        const logP =
          logNormal(w, 0) +
          Math.log(sigmoid(c === 1 ? w : -w)) +
          logNormal(v, c - w) +
          logNormal(x, v + c);
        const logQ = logNormal(w, m, scale) + Math.log(chance) + logNormal(v, d * c, scale);
        return { chance, weight: logP - logQ };
      };
      return [0, 1].reduce(
        (total, a) =>
          [0, 1].reduce((sum, b) => {
            const [first, second] = [weigh(0, a), weigh(1, b)];
            return sum + first.chance * second.chance * logMeanExp([first.weight, second.weight]);
          }, total),
        0,
      );
    };
    const values = { m: 0.2, k: 0.9, s: -0.3, d: 0.5 };
    const exactGradients = finiteDifferences(bound, asTables(values));
    // Quarters are not the probabilities here, so each outcome is run and weighted by hand.
    const run = (a: number, b: number): Found =>
      estimateAt(joint, proposal, iwae({ particles: 2, baseline: 'none' }), {
        noise: (site, _b, _n, batch) => {
          const pair = site === 'w' ? shared.w : site === 'v' ? shared.v : [a, b];
          return tf.add(tf.zeros([...batch]), tf.tensor2d([...pair], [2, 1]));
        },
        params,
      });
    const chanceOf = (particle: number): number =>
      sigmoid(0.9 * (0.2 + Math.exp(-0.3) * (shared.w[particle] ?? NaN)));
    const runs = [0, 1].flatMap((a) =>
      [0, 1].map((b) => ({
        found: run(a === 1 ? 0 : 0.9999, b === 1 ? 0 : 0.9999),
        chance:
          (a === 1 ? chanceOf(0) : 1 - chanceOf(0)) * (b === 1 ? chanceOf(1) : 1 - chanceOf(1)),
      })),
    );
    const mean = (read: (f: Found) => number): number =>
      runs.reduce((sum, r) => sum + r.chance * read(r.found), 0) / elements;
    expectNear(
      mean((f) => f.value),
      bound(asTables(values)),
      1e-4,
    );
    for (const [name, [g = NaN]] of Object.entries(exactGradients)) {
      expectNear(
        mean((f) => f.gradients[name]?.[0] ?? NaN),
        g,
        5e-4,
      );
    }
    tf.dispose(params);
  });

  it('counts nothing for a value that the model excludes', () => {
    const impossible = program(function* () {
      const z = yield* sample('z', categorical({ probs: [1, 0] }));
      yield* observe('x', normal(z, 1), x);
    });
    const proposal = program(function* () {
      yield* sample('z', bernoulli({ logits: yield* param('l', 0) }));
    });
    const params = scalars({ l: Math.log(3) });
    const at = (us: readonly number[]) =>
      estimateAt(impossible, proposal, iwae({ particles: us.length }), {
        noise: (_s, _b, _n, batch) => tf.tensor([...us], [...batch]),
        params,
      });
    for (const us of [
      [0.9, 0.1, 0.9],
      [0.9, 0.1],
    ]) {
      const { value, gradients } = at(us);
      const zeros = us.filter((u) => u > 0.75).length;
      expectNear(value, Math.log(zeros / us.length / 0.25) + logNormal(x, 0), 1e-5);
      expect(gradients['l']?.every(Number.isFinite)).toBe(true);
    }
    tf.dispose(params);
  });
});

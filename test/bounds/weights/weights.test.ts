/**
 * Importance-weighted bounds. An expectation over the noise of K particles is taken by a plate: its
 * elements share data and parameters, and their noise visits every outcome of K draws as often as it
 * is probable. What a bound and its gradient should be is summed in double precision; no chance is
 * involved.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  SiteError,
  type Tensor,
  bernoulli,
  condition,
  derive,
  elbo,
  evidence,
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
} from 'marginalia';
import { of } from 'marginalia/monad';
import {
  derivationToLatex,
  estimateWeights,
  fromDraws,
  logPowerMean,
  renyi,
} from 'marginalia/objectives';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import {
  type LinearGaussian,
  linearGaussian,
} from '../../../src/testing/cases/linear-gaussian/index.js';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import {
  asTables,
  expectGradients,
  expectNear,
  logMeanExp,
  logNormal,
  scalars,
} from '../../double.js';
import { type Found, estimateAt } from '../estimate-at.js';

const forAll = (runs: number, law: (m: LinearGaussian) => void): void =>
  fc.assert(fc.property(linearGaussian({ parameters: false }), law), { numRuns: runs, seed: 21 });

describe('the log power mean', () => {
  const exact = (xs: readonly number[], order: number): number =>
    order === 0
      ? xs.reduce((a, b) => a + b, 0) / xs.length
      : logMeanExp(xs.map((x) => order * x)) / order;
  const found = (xs: readonly number[], order: number): number =>
    tf.tidy(() => logPowerMean(tf.tensor1d([...xs]), order).dataSync()[0] ?? NaN);
  const weights = fc.array(fc.integer({ min: -160, max: 160 }), { minLength: 1, maxLength: 9 });

  it('is the one in double precision, and does not decrease with its order', () =>
    fc.assert(
      fc.property(weights, fc.integer({ min: -12, max: 12 }), (eighths, quarters) => {
        const xs = eighths.map((e) => e / 8);
        expectNear(found(xs, quarters / 4), exact(xs, quarters / 4), 3e-6);
        expect(found(xs, quarters / 4)).toBeLessThan(found(xs, (quarters + 1) / 4) + 2e-5);
      }),
      { numRuns: 60, seed: 3 },
    ));

  it('keeps its digits for orders near 0 and for one weight among thousands', () => {
    const xs = [-3, 1.5, 0.25];
    for (const order of [1e-6, -1e-6, 1e-3]) {
      expectNear(found(xs, order), order === 1e-3 ? exact(xs, order) : exact(xs, 0), 2e-6);
    }
    const few = Array.from({ length: 4000 }, (_, i) => (i === 7 ? 2 : -40));
    expectNear(found(few, 1), 2 - Math.log(4000), 1e-6);
    expect(found([-Infinity, 0], 1)).toBeCloseTo(-Math.LN2, 6);
    expect(found([-Infinity, 0], -1)).toBe(-Infinity);
    expect(found([-Infinity, -Infinity], 1)).toBe(-Infinity);
  });

  it.each([1, 0.5, -2, 1e-4])('has the softmax of t log w for its gradient, t = %d', (order) => {
    const xs = [0.5, -1, 2];
    const total = xs.reduce((sum, x) => sum + Math.exp(order * x), 0);
    const gradient = tf.tidy(() =>
      tf
        .grad((x: Tensor) => logPowerMean(x, order))(tf.tensor1d(xs))
        .dataSync(),
    );
    xs.forEach((x, i) => expect(gradient[i]).toBeCloseTo(Math.exp(order * x) / total, 5));
  });
});

describe('the importance-weighted bound of a linear-Gaussian model', () => {
  it('is log evidence at the posterior, at every draw', () =>
    forAll(15, ({ model, posterior, logEvidence }) => {
      for (const particles of [1, 4]) {
        const { value } = estimateAt(model, posterior, iwae({ particles }), {
          noise: keyedNoise(key(particles)),
        });
        expectNear(value, logEvidence);
      }
    }));

  it('is the sampled bound for one particle', () =>
    forAll(15, ({ model, guide }) => {
      const at = { noise: keyedNoise(key(3)) };
      const one = estimateAt(model, guide, iwae({ particles: 1 }), at);
      expectNear(one.value, estimateAt(model, guide, elbo({ closedFormKl: 'never' }), at).value);
    }));

  it('is for K draws at least the mean of those without one of them', () =>
    forAll(15, ({ model, guide }) => {
      const particles = 4;
      const all = keyedNoise(key(5));
      const full = estimateAt(model, guide, iwae({ particles }), { noise: all });
      const others = Array.from({ length: particles }, (_, left) => {
        const kept = tf.tensor1d(
          [0, 1, 2, 3].filter((i) => i !== left),
          'int32',
        );
        const noise: NoiseSource = (site, block, law, [, ...batch]) =>
          tf.gather(all(site, block, law, [particles, ...batch]), kept);
        return estimateAt(model, guide, iwae({ particles: 3 }), { noise }).value;
      });
      const mean = others.reduce((a, b) => a + b, 0) / particles;
      expect(full.value).toBeGreaterThan(mean - 1e-4 * Math.max(1, Math.abs(mean)));
    }));
});

/** A plate of normals, their data, and the bound and its gradients at given noise in double. */
const data = [0.5, -1, 2];
const normals = { loc: 0.3, scale: -0.2, slope: 0.7, noise: 0.1 };
const normalModel = (rows: readonly number[], size = rows.length) =>
  program(function* () {
    const slope = yield* param('slope', 1);
    const noise = yield* param('noise', 1, { support: positive });
    const indices = tf.tensor1d([...rows], 'int32');
    yield* plate(
      'data',
      { size, ...(rows.length < size && { indices }) },
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const x = tf.gather(tf.tensor1d(data), indices);
        yield* observe('x', normal(tf.mul(slope, z), noise), x);
      }),
    );
  });
const normalGuide = (rows: readonly number[], size = rows.length) =>
  program(function* () {
    const loc = yield* param('loc', 0);
    const scale = yield* param('scale', 1, { support: positive });
    const indices = tf.tensor1d([...rows], 'int32');
    yield* plate(
      'data',
      { size, ...(rows.length < size && { indices }) },
      sample('z', normal(loc, scale)),
    );
  });
const epsilon = (particle: number, row: number): number => 1.4 * Math.sin(1 + 3 * particle + row);
const epsilons =
  (rows: readonly number[]): NoiseSource =>
  (_site, _block, _noise, batch) =>
    tf.tensor(
      Array.from({ length: batch.length > 1 ? (batch[0] ?? 1) : 1 }, (_, k) =>
        rows.map((row) => epsilon(k, row)),
      ).flat(),
      [...batch],
    );

describe('a plate of data', () => {
  const exact =
    (particles: number) =>
    (t: Tables): number => {
      const at = (name: string): number => t[name]?.[0] ?? NaN;
      return data.reduce((total, x, row) => {
        const weights = Array.from({ length: particles }, (_, k) => {
          const e = epsilon(k, row);
          const z = at('loc') + Math.exp(at('scale')) * e;
          const logQ = logNormal(e, 0) - at('scale');
          return logNormal(z, 0) + logNormal(x, at('slope') * z, Math.exp(at('noise'))) - logQ;
        });
        return total + logMeanExp(weights);
      }, 0);
    };

  it.each([1, 2, 5])('has a mean of its own for each datum, %d particles', (particles) => {
    const params = scalars(normals);
    const rows = [0, 1, 2];
    const found = estimateAt(normalModel(rows), normalGuide(rows), iwae({ particles }), {
      noise: epsilons(rows),
      params,
    });
    expectNear(found.value, exact(particles)(asTables(normals)), 1e-5);
    expectGradients(found.gradients, finiteDifferences(exact(particles), asTables(normals)));
    tf.dispose(params);
  });

  it('is averaged by minibatches: they are scaled up outside the mean', () => {
    const params = scalars(normals);
    const over = (rows: readonly number[]): Found =>
      estimateAt(normalModel(rows, 3), normalGuide(rows, 3), iwae({ particles: 4 }), {
        noise: epsilons(rows),
        params,
      });
    const full = over([0, 1, 2]);
    const parts = [over([0]), over([1]), over([2])];
    expectNear(parts.reduce((sum, p) => sum + p.value, 0) / 3, full.value, 1e-5);
    for (const [name, [g = NaN]] of Object.entries(full.gradients)) {
      expectNear(parts.reduce((sum, p) => sum + (p.gradients[name]?.[0] ?? NaN), 0) / 3, g, 1e-5);
    }
    tf.dispose(params);
  });

  it('without information has the same bound for every number of particles and of data', () => {
    for (const subsample of [100, 20, 1]) {
      const model = plate(
        'data',
        { size: 100, subsample },
        program(function* () {
          yield* sample('z', normal(0, 1));
          yield* observe('x', bernoulli({ probs: 0.6 }), tf.ones([subsample]));
        }),
      );
      const guide = plate('data', { size: 100, subsample }, sample('z', normal(0, 1)));
      for (const particles of [1, 5]) {
        const at = { noise: keyedNoise(key(2)) };
        for (const alpha of [0, 0.5, 2]) {
          const { value } = estimateAt(model, guide, renyi({ alpha, particles }), at);
          expect(-value).toBeCloseTo(51.0825624, 3);
        }
      }
    }
  });

  it('must be whole where a site lies outside it', async () => {
    const model = (subsample: number) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const x = tf.ones([subsample]);
        yield* plate('data', { size: 4, subsample }, observe('x', normal(z, 1), x));
      });
    const guide = sample('z', normal(0.5, 1));
    const at = { noise: keyedNoise(key(0)) };
    expect(() => estimateAt(model(2), guide, iwae({ particles: 3 }), at)).toThrow(SiteError);
    expect(() => estimateAt(model(2), guide, iwae({ particles: 3 }), at)).toThrow(
      "site 'x': expected the whole plate, where it lies inside an importance weight",
    );
    await expect(evidence(model(2), guide, { key: key(0), samples: 2 })).rejects.toThrow(SiteError);
    expect(estimateAt(model(4), guide, iwae({ particles: 3 }), at).value).toBeLessThan(0);
  });
});

describe('its derivation', () => {
  const model = condition(
    plate(
      'data',
      { size: 6, subsample: 2 },
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const c = yield* sample('c', bernoulli({ probs: 0.5 }));
        yield* plate('pixels', 3, sample('x', normal(tf.add(z, c), 1)));
      }),
    ),
    { x: tf.zeros([3, 2]) },
  );
  const guide = plate(
    'data',
    { size: 6, subsample: 2 },
    program(function* () {
      yield* sample('z', normal(0, 1));
      yield* sample('c', bernoulli({ probs: 0.5 }));
    }),
  );

  it('says what is taken of the weights, what they are made of, and how each site is drawn', () => {
    const derivation = derive(model, guide, iwae({ particles: 5 }));
    expect(showDerivation(derivation)).toBe(
      [
        'log p(data) ≥ IWAE = 3 Σ_data E_q[log 1/K Σ_k w_k], log w =',
        '  + log p(z)',
        '  - log q(z)',
        '  + log p(c)',
        '  - log q(c)',
        '  + Σ_pixels log p(x | z, c)',
        'estimated with 5 particles:',
        '  z ~ Normal for Normal',
        '    gradient: pathwise: Normal is reparameterised: the draw carries the gradient',
        '    log p − log q: sampled: a weight is that of a draw',
        '  c ~ Bernoulli for Bernoulli',
        '    gradient: score function: a draw of Bernoulli carries no gradient, and a weight is that of a draw; baseline: the bound with the mean of the other particles in its place, for each datum',
        '    log p − log q: sampled: a weight is that of a draw',
      ].join('\n'),
    );
    expect(derivationToLatex(derivation).split('\n')[1]).toBe(
      '\\log p(\\mathrm{data}) \\ge \\mathrm{IWAE} = {} & 3 \\sum_{\\mathrm{data}} \\mathbb{E}_q\\left[\\log \\frac{1}{K} \\sum_k w_k\\right], \\quad \\log w = {} \\\\',
    );
  });

  it('refuses values that are summed over, and numbers of particles that are none', () => {
    const { meaning, preferences } = elbo();
    const drawn = { ...iwae({ particles: 2 }), preferences };
    const summed = { ...drawn, meaning };
    const at = { noise: keyedNoise(key(0)) };
    const coin = () => sample('c', bernoulli({ probs: 0.5 }));
    expect(() => estimateAt(coin(), coin(), summed, at)).toThrow('expected a draw of every site');
    // One that says that it is over weights is not asked for sums.
    expect(estimateAt(coin(), coin(), drawn, at).value).toBeCloseTo(0, 6);
    expect(derive(coin(), coin(), drawn).latents[0]?.why).toContain('a weight is that of a draw');
    expect(() => iwae({ particles: 0 })).toThrow(RangeError);
    expect(() => iwae({ particles: 1.5 })).toThrow('at least 1, but got 1.5');
  });

  it('is one of maximum likelihood where nothing is latent', () => {
    const likelihood = { ...iwae({ particles: 3 }), preferences: fromDraws };
    const found = estimateAt(observe('x', normal(0, 1), 2), of({}), likelihood, {
      noise: keyedNoise(key(0)),
    });
    expectNear(found.value, logNormal(2, 0), 1e-6);
    const worst = {
      ...likelihood,
      estimate: (joint: Parameters<typeof likelihood.estimate>[0]) =>
        estimateWeights(joint, (w) => tf.min(w, 0)),
    };
    const same = estimateAt(observe('x', normal(0, 1), 2), of({}), worst, {
      noise: keyedNoise(key(0)),
    });
    expectNear(same.value, logNormal(2, 0), 1e-6);
  });
});

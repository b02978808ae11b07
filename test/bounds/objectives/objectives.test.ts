/**
 * Laws of every objective over importance weights: at the posterior, where weights are constant; and
 * at noise that a test chooses, against formulas in double precision. No chance is involved.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  bernoulli,
  elbo,
  iwae,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from 'marginalia';
import { cubo, eubo, renyi, tailAdaptive, varGrad, vimco } from 'marginalia/objectives';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { describe, expect, it } from 'vitest';
import { linearGaussian } from '../../../src/testing/cases/linear-gaussian/index.js';
import { type Tables, finiteDifferences } from '../discrete-network.js';
import { asTables, expectNear, logNormal, scalars, sigmoid } from '../../double.js';
import { type Found, estimateAt } from '../estimate-at.js';

const K = 4;

/** Lower bounds; an upper bound's value is its negative. */
const lower: Readonly<Record<string, Objective>> = {
  'elbo that sticks the landing': elbo({ particles: K, gradient: 'stickingTheLanding' }),
  iwae: iwae({ particles: K }),
  'iwae, doubly reparameterised': iwae({ particles: K, gradient: 'doublyReparameterised' }),
  'renyi of α = 2': renyi({ alpha: 2, particles: K }),
  'renyi of α = 0.5, doubly reparameterised': renyi({
    alpha: 0.5,
    particles: K,
    gradient: 'doublyReparameterised',
  }),
  'renyi of α = −1': renyi({ alpha: -1, particles: K }),
  vimco: vimco({ particles: K }),
  varGrad: varGrad({ particles: K }),
  tailAdaptive: tailAdaptive({ particles: K }),
};
const upper: Readonly<Record<string, Objective>> = {
  eubo: eubo({ particles: K }),
  cubo: cubo({ particles: K }),
  'cubo of order 3.5': cubo({ particles: K, order: 3.5 }),
};
const every = Object.entries({ ...lower, ...upper }).map(([name, objective]) => ({
  name,
  objective,
  sign: name in upper ? -1 : 1,
}));

/** z2 ~ N(z1, 1) from z1 ~ N(0, 1) and x ~ N(z2, 1) for each datum, and its posterior backwards. */
const data = [1.5, -0.75, 0.3];
const posterior = { a: 2 / 3, b: 0, s2: 0.5 * Math.log(2 / 3), c: 0.5, s1: -0.5 * Math.LN2 };
const sizes = (rows: readonly number[]) => ({
  size: data.length,
  ...(rows.length < data.length && { indices: tf.tensor1d([...rows], 'int32') }),
});
const xs = (rows: readonly number[]) => rows.map((i) => data[i] ?? NaN);
const chain = (rows: readonly number[] = [0, 1, 2]) =>
  program(function* () {
    const noise = yield* param('noise', 1, { support: positive });
    yield* plate(
      'data',
      sizes(rows),
      program(function* () {
        const z1 = yield* sample('z1', normal(0, 1));
        const z2 = yield* sample('z2', normal(z1, 1));
        yield* observe('x', normal(z2, noise), xs(rows));
      }),
    );
  });
const backwards = (rows: readonly number[] = [0, 1, 2]) =>
  plate(
    'data',
    sizes(rows),
    shared(
      program(function* () {
        const loc = tf.add(
          tf.mul(yield* param('a', 0), tf.tensor1d(xs(rows))),
          yield* param('b', 0),
        );
        const z2 = yield* sample('z2', normal(loc, yield* param('s2', 1, { support: positive })));
        const slope = yield* param('c', 0);
        const scale = yield* param('s1', 1, { support: positive });
        yield* sample('z1', normal(tf.mul(slope, z2), scale));
      }),
    ),
  );
const guideNames = Object.keys(posterior);

describe('at the posterior', () => {
  it.each(every)('$name is log evidence at every draw', ({ objective, sign }) =>
    fc.assert(
      fc.property(
        linearGaussian({ parameters: false }),
        ({ model, posterior: exact, logEvidence }) => {
          const at = { noise: keyedNoise(key(7)) };
          expectNear(sign * estimateAt(model, exact, objective, at).value, logEvidence);
        },
      ),
      { numRuns: 4, seed: 22 },
    ),
  );

  it.each(
    ['elbo that sticks the landing', 'iwae, doubly reparameterised', 'varGrad', 'tailAdaptive']
      .concat('renyi of α = 0.5, doubly reparameterised')
      .map((name) => ({ name, objective: lower[name] ?? elbo() })),
  )('$name has no gradient for the guide at any draw, and plain ones have', ({ objective }) => {
    const params = scalars({ ...posterior, noise: 0 });
    const at = { noise: keyedNoise(key(8)), params };
    const found = estimateAt(chain(), backwards(), objective, at).gradients;
    const plain = estimateAt(chain(), backwards(), iwae({ particles: K }), at).gradients;
    for (const name of guideNames) {
      expect(Math.abs(found[name]?.[0] ?? NaN)).toBeLessThan(3e-6);
      expect(Math.abs(plain[name]?.[0] ?? NaN)).toBeGreaterThan(1e-3);
    }
    tf.dispose(params);
  });
});

const away = { a: 0.4, b: 0.3, s2: -0.1, c: 0.2, s1: -0.4, noise: 0.2 };
const evaluated = (objective: Objective, seed = 9): Found => {
  const params = scalars(away);
  const found = estimateAt(chain(), backwards(), objective, {
    noise: keyedNoise(key(seed)),
    params,
  });
  tf.dispose(params);
  return found;
};
const expectSame = (
  a: Found,
  b: Found,
  names: readonly string[] = [...guideNames, 'noise'],
): void => {
  expectNear(a.value, b.value, 1e-5);
  for (const name of names) {
    expectNear(a.gradients[name]?.[0] ?? NaN, b.gradients[name]?.[0] ?? NaN, 1e-4);
  }
};

describe('the family of bounds', () => {
  it('meets at its ends, in value and gradient', () => {
    const sampled = elbo({ particles: K, closedFormKl: 'never' });
    expectSame(evaluated(renyi({ alpha: 0, particles: K })), evaluated(iwae({ particles: K })));
    expectSame(evaluated(renyi({ alpha: 1, particles: K })), evaluated(sampled));
    expectSame(evaluated(renyi({ alpha: 1 + 1e-6, particles: K })), evaluated(sampled));
    const gradient = 'doublyReparameterised';
    expectSame(
      evaluated(renyi({ alpha: 0, particles: K, gradient })),
      evaluated(iwae({ particles: K, gradient })),
    );
    expectSame(
      evaluated(renyi({ alpha: 1, particles: K, gradient })),
      evaluated(elbo({ particles: K, gradient: 'stickingTheLanding' })),
    );
    expectSame(
      evaluated(iwae({ particles: 1, gradient })),
      evaluated(elbo({ gradient: 'stickingTheLanding' })),
    );
    expectSame(
      evaluated(tailAdaptive({ particles: K, beta: 0 })),
      evaluated(elbo({ particles: K, gradient: 'stickingTheLanding' })),
      guideNames,
    );
  });

  it('falls with α, draw by draw', () => {
    for (const seed of [1, 2, 3]) {
      const values = [-3, -1, 0, 0.5, 1, 2, 5].map(
        (alpha) => evaluated(renyi({ alpha, particles: K }), seed).value,
      );
      values.reduce((before, value) => {
        expect(value).toBeLessThan(before);
        return value;
      });
      // An upper bound of order n is Rényi's of α = 1 − n.
      expectNear(-evaluated(cubo({ particles: K, order: 2 }), seed).value, values[1] ?? NaN, 1e-5);
      expect(-evaluated(eubo({ particles: K }), seed).value).toBeGreaterThan(values[2] ?? NaN);
    }
  });

  it("has one gradient for the model's parameters where the bound is one", () => {
    const plain = evaluated(iwae({ particles: K }));
    const double = evaluated(iwae({ particles: K, gradient: 'doublyReparameterised' }));
    expectSame(double, plain, ['noise']);
    expectSame(evaluated(vimco({ particles: K })), plain, ['noise']);
    const sampled = evaluated(elbo({ particles: K, closedFormKl: 'never' }));
    expectSame(evaluated(varGrad({ particles: K })), sampled, ['noise']);
    for (const name of ['eubo', 'cubo', 'tailAdaptive']) {
      const objective = upper[name] ?? lower[name] ?? elbo();
      expect(evaluated(objective).gradients['noise']?.[0]).toBeCloseTo(0, 12);
    }
  });
});

describe('minibatches', () => {
  const local = new Set(['z1', 'z2']);
  const over = (rows: readonly number[], objective: Objective): Found => {
    const params = scalars(away);
    const all = keyedNoise(key(10));
    const noise: NoiseSource = (site, block, law, batch) => {
      if (!local.has(site)) return all(site, block, law, batch);
      const whole = all(site, block, law, [...batch.slice(0, -1), data.length]);
      return tf.gather(whole, tf.tensor1d([...rows], 'int32'), batch.length - 1);
    };
    const found = estimateAt(chain(rows), backwards(rows), objective, { noise, params });
    tf.dispose(params);
    return found;
  };

  it.each(every)('average to the full $name', ({ objective }) => {
    const full = over([0, 1, 2], objective);
    const parts = [over([0], objective), over([1], objective), over([2], objective)];
    const mean = (read: (f: Found) => number): number =>
      parts.reduce((sum, p) => sum + read(p) / 3, 0);
    expectNear(
      mean((f) => f.value),
      full.value,
      2e-5,
    );
    for (const [name, [g = NaN]] of Object.entries(full.gradients)) {
      expectNear(
        mean((f) => f.gradients[name]?.[0] ?? NaN),
        g,
        5e-5,
      );
    }
  });
});

/** One datum x, z ~ N(0, 1), x ~ N(z, 1), guide N(m, e^s): log w and its path by hand. */
const x = 1.2;
const single = program(function* () {
  yield* observe('x', normal(yield* sample('z', normal(0, 1)), 1), x);
});
const singleGuide = program(function* () {
  const m = yield* param('m', 0);
  yield* sample('z', normal(m, yield* param('s', 1, { support: positive })));
});
const atEpsilons = (objective: Objective, epsilons: readonly number[]): Found => {
  const params = scalars({ m: 0.2, s: -0.3 });
  const noise: NoiseSource = () => tf.tensor1d([...epsilons]);
  const found = estimateAt(single, singleGuide, objective, { noise, params });
  tf.dispose(params);
  return found;
};
const logWeight = (z: number, m: number, s: number): number =>
  logNormal(z, 0) + logNormal(x, z) - logNormal(z, m, Math.exp(s));

describe('the tail-adaptive gradient', () => {
  const byHand = (epsilons: readonly number[], beta: number): readonly [number, number] => {
    const [m, scale] = [0.2, Math.exp(-0.3)];
    const zs = epsilons.map((e) => m + scale * e);
    const weights = zs.map((z) => logWeight(z, m, -0.3));
    const gammas = weights.map(
      (w) => (weights.filter((v) => v >= w).length / weights.length) ** beta,
    );
    const total = gammas.reduce((a, b) => a + b, 0);
    // The derivative of log p − log q by z, times that of z by m and by s.
    const pulls = zs.map((z) => -z + (x - z) + (z - m) / scale ** 2);
    const sum = (by: (e: number) => number): number =>
      epsilons.reduce((t, e, k) => t + ((gammas[k] ?? NaN) / total) * (pulls[k] ?? NaN) * by(e), 0);
    return [sum(() => 1), sum((e) => scale * e)];
  };

  it.each([
    { name: 'in order', epsilons: [0.1, 0.5, -0.9, 1.7, -0.2], beta: -1 },
    { name: 'shuffled', epsilons: [1.7, -0.2, 0.5, 0.1, -0.9], beta: -1 },
    { name: 'with ties', epsilons: [0.5, -0.9, 0.5, 0.5, 1.4], beta: -1 },
    { name: 'all tied', epsilons: [0.5, 0.5], beta: -1 },
    { name: 'of another power', epsilons: [0.1, 0.5, -0.9, 1.7], beta: -0.5 },
  ])('weighs by true ranks, $name', ({ epsilons, beta }) => {
    const { gradients } = atEpsilons(tailAdaptive({ particles: epsilons.length, beta }), epsilons);
    const [m, s] = byHand(epsilons, beta);
    expectNear(gradients['m']?.[0] ?? NaN, m, 1e-5);
    expectNear(gradients['s']?.[0] ?? NaN, s, 1e-5);
  });
});

describe('the gradient of an upper bound', () => {
  it.each([
    { name: 'eubo', objective: eubo({ particles: 4 }), order: 1, factor: 1 },
    { name: 'cubo', objective: cubo({ particles: 4, order: 2 }), order: 2, factor: 0.5 },
  ])('is that of weighted log q at fixed draws: $name', ({ objective, order, factor }) => {
    const epsilons = [0.1, 0.5, -0.9, 1.7];
    const zs = epsilons.map((e) => 0.2 + Math.exp(-0.3) * e);
    const shares = zs.map((z) => Math.exp(order * logWeight(z, 0.2, -0.3)));
    const total = shares.reduce((a, b) => a + b, 0);
    const weighted = (t: Tables): number =>
      zs.reduce((sum, z, k) => {
        const logQ = logNormal(z, t['m']?.[0] ?? NaN, Math.exp(t['s']?.[0] ?? NaN));
        return sum + (factor * (shares[k] ?? NaN) * logQ) / total;
      }, 0);
    const { gradients } = atEpsilons(objective, epsilons);
    const exact = finiteDifferences(weighted, asTables({ m: 0.2, s: -0.3 }));
    for (const name of ['m', 's']) expectNear(gradients[name]?.[0] ?? NaN, exact[name]?.[0] ?? NaN);
  });
});

describe('the VarGrad gradient', () => {
  it('is that of −½ the sample variance of log weights at fixed draws', () => {
    const epsilons = [0.1, 0.5, -0.9, 1.7];
    const zs = epsilons.map((e) => 0.2 + Math.exp(-0.3) * e);
    const loss = (t: Tables): number => {
      const weights = zs.map((z) => logWeight(z, t['m']?.[0] ?? NaN, t['s']?.[0] ?? NaN));
      const mean = weights.reduce((a, b) => a + b, 0) / weights.length;
      return (-0.5 * weights.reduce((sum, w) => sum + (w - mean) ** 2, 0)) / (weights.length - 1);
    };
    const { gradients } = atEpsilons(varGrad({ particles: 4 }), epsilons);
    const exact = finiteDifferences(loss, asTables({ m: 0.2, s: -0.3 }));
    for (const name of ['m', 's']) expectNear(gradients[name]?.[0] ?? NaN, exact[name]?.[0] ?? NaN);
  });

  it('has the mean of that of the ELBO over every outcome of three draws', () => {
    const elements = 64;
    const coins: NoiseSource = (_s, _b, _n, [particles = 1]) =>
      tf.tensor2d(
        Array.from({ length: particles * elements }, (_, i) => {
          const [k, element] = [Math.floor(i / elements), i % elements];
          return ((Math.floor(element / 4 ** k) % 4) + 0.5) / 4;
        }),
        [particles, elements],
      );
    const model = program(function* () {
      const high = yield* param('high', 0);
      yield* plate(
        'data',
        elements,
        program(function* () {
          const z = yield* sample('z', bernoulli({ probs: 0.4 }));
          yield* observe('x', normal(tf.mul(z, high), 1), x);
        }),
      );
    });
    const guide = program(function* () {
      const logits = yield* param('l', 0);
      yield* plate('data', elements, sample('z', bernoulli({ logits })));
    });
    const params = scalars({ l: Math.log(3), high: 0.9 });
    const found = estimateAt(model, guide, varGrad({ particles: 3 }), { noise: coins, params });
    const bound = (t: Tables): number =>
      [0, 1].reduce((sum, z) => {
        const q = sigmoid((t['l']?.[0] ?? NaN) * (z === 1 ? 1 : -1));
        const p = z === 1 ? 0.4 : 0.6;
        const mean = z * (t['high']?.[0] ?? NaN);
        return sum + q * (Math.log(p) + logNormal(x, mean) - Math.log(q));
      }, 0);
    const tables = asTables({ l: Math.log(3), high: 0.9 });
    expectNear(found.value / elements, bound(tables), 1e-5);
    for (const [name, [g = NaN]] of Object.entries(finiteDifferences(bound, tables))) {
      expectNear((found.gradients[name]?.[0] ?? NaN) / elements, g);
    }
    tf.dispose(params);
  });
});

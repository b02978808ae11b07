/**
 * Known answers: models whose posterior and log evidence are closed forms. Where the guide's family
 * contains the posterior, training must bring the bound to log evidence, by value.
 *
 * Seeds are fixed, and a bound is evaluated exactly, at sigma points, unless a test says otherwise.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Params,
  type Program,
  bernoulli,
  bijectors,
  categorical,
  condition,
  delta,
  elbo,
  evidence,
  foldIn,
  independent,
  key,
  keyedNoise,
  lowerCholesky,
  mixture,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  score,
  trace,
  transformed,
  uniform,
} from 'marginalia';
import { type NoisyBlock, sigmaPoints } from '../src/testing/linear-gaussian/index.js';
import { describe, expect, it } from 'vitest';
import { estimateAt } from './estimate-at.js';
import { numbers, train } from './train.js';

type AnyProgram = Program<unknown, unknown>;

/** The bound with every normal site's expectation taken exactly. */
const exactBound = (
  model: AnyProgram,
  guide: AnyProgram,
  blocks: readonly NoisyBlock[],
  params: Params = {},
): number => {
  const { particles, noise } = sigmaPoints(blocks);
  return estimateAt(model, guide, elbo({ particles, closedFormKl: 'never' }), { noise, params })
    .value;
};

/** A normal guide for one scalar site, with the parameters loc and scale. */
const normalGuide = program(function* () {
  const loc = yield* param('loc', 0);
  const scale = yield* param('scale', 1, { support: positive });
  yield* sample('z', normal(loc, scale));
});

/** z ~ N(0, priorScale), x_i ~ N(z, 1). */
const normalNormal = (priorScale: number, data: readonly number[]) =>
  program(function* () {
    const z = yield* sample('z', normal(0, priorScale));
    yield* plate('data', data.length, observe('x', normal(z, 1), data));
  });

describe('Normal-Normal', () => {
  it.each([
    { name: 'x = 5', priorScale: 1, data: [5], mean: 2.5, sd: Math.SQRT1_2, logZ: -7.5155121 },
    {
      name: 'x = 5.5, 6.5 under a wide prior',
      priorScale: 2,
      data: [5.5, 6.5],
      mean: 5.333333,
      sd: 0.666667,
      logZ: -7.1864894,
    },
    {
      name: 'fifty zeros',
      priorScale: 1,
      data: Array.from({ length: 50 }, () => 0),
      mean: 0,
      sd: 0.140028,
      logZ: -47.9128395,
    },
  ])('$name: the bound reaches log Z', ({ priorScale, data, mean, sd, logZ }) => {
    const model = normalNormal(priorScale, data);
    const params = train(model, normalGuide);
    expect(exactBound(model, normalGuide, [{ site: 'z', size: 1 }], params)).toBeCloseTo(logZ, 2);
    const [loc = NaN] = numbers(params, 'loc');
    const [logScale = NaN] = numbers(params, 'scale');
    expect(Math.abs(loc - mean)).toBeLessThan(0.1 * sd);
    expect(Math.exp(logScale) / sd).toBeCloseTo(1, 1);
    // At the posterior itself log p − log q is log Z at every draw.
    const posterior = sample('z', normal(mean, sd));
    const each = estimateAt(model, posterior, elbo({ closedFormKl: 'never' }), {
      noise: keyedNoise(key(1)),
    });
    expect(each.value).toBeCloseTo(logZ, 4);
  });
});

describe('two-dimensional Normal-Normal', () => {
  const data = [
    [-0.1, 0.3],
    [0, 0.4],
    [0.2, 0.5],
    [0.1, 0.7],
  ];
  const prior = () => independent(normal([0, 0.5], Math.sqrt(10)));
  const model = program(function* () {
    const z = yield* sample('z', prior());
    const noise = [1 / Math.sqrt(6), 0.5];
    yield* plate('data', 4, observe('x', independent(normal(z, noise)), data));
  });
  const zeros = () => tf.zeros([2]);
  const blocks = [{ site: 'z', size: 2 }];
  const mean = [0.0497925, 0.4751553];
  const sd = [0.2037002, 0.2492224];

  it('reaches log Z with a diagonal guide', () => {
    const guide = program(function* () {
      const loc = yield* param('loc', zeros());
      const scale = yield* param('scale', tf.ones([2]), { support: positive });
      yield* sample('z', independent(normal(loc, scale)));
    });
    const params = train(model, guide);
    expect(exactBound(model, guide, blocks, params)).toBeCloseTo(-6.6036568, 2);
    numbers(params, 'loc').forEach((x, i) => expect(x).toBeCloseTo(mean[i] ?? NaN, 1));
    numbers(params, 'scale').forEach((x, i) => expect(Math.exp(x)).toBeCloseTo(sd[i] ?? NaN, 1));
  });

  it('reaches log Z with a full-covariance guide', () => {
    const guide = program(function* () {
      const loc = yield* param('loc', zeros());
      const scaleTril = yield* param('tril', tf.eye(2), { support: lowerCholesky });
      yield* sample('z', multivariateNormal(loc, { scaleTril }));
    });
    const params = train(model, guide);
    expect(exactBound(model, guide, blocks, params)).toBeCloseTo(-6.6036568, 2);
  });

  it('has log p − log q = log Z at the posterior', () => {
    const guide = sample('z', independent(normal(mean, sd)));
    expect(exactBound(model, guide, blocks)).toBeCloseTo(-6.6036568, 4);
  });
});

describe('Gaussian chain', () => {
  const model = program(function* () {
    const z1 = yield* sample('z1', normal(0.2, Math.SQRT2));
    const z2 = yield* sample('z2', normal(z1, 1));
    const z3 = yield* sample('z3', normal(z2, 1 / Math.sqrt(1.5)));
    yield* plate('data', 4, observe('x', normal(z3, Math.SQRT1_2), [-0.1, 0.03, 0.2, 0.1]));
  });
  /** Backwards: the posterior of each site given the next one. */
  const guide = program(function* () {
    const step = (name: 'z1' | 'z2', next: tf.Tensor) =>
      program(function* () {
        const slope = yield* param(`${name}/slope`, 0);
        const offset = yield* param(`${name}/offset`, 0);
        const scale = yield* param(`${name}/scale`, 1, { support: positive });
        return yield* sample(name, normal(tf.add(tf.mul(slope, next), offset), scale));
      });
    const loc = yield* param('loc', 0);
    const scale = yield* param('scale', 1, { support: positive });
    const z3 = yield* sample('z3', normal(loc, scale));
    const z2 = yield* step('z2', z3);
    yield* step('z1', z2);
  });

  it('reaches log Z', () => {
    const params = train(model, guide, { steps: 400 });
    const blocks = ['z1', 'z2', 'z3'].map((site) => ({ site, size: 1 }));
    expect(exactBound(model, guide, blocks, params)).toBeCloseTo(-4.0459361, 2);
    expect(numbers(params, 'loc')[0]).toBeCloseTo(0.0621978, 1);
    expect(Math.exp(numbers(params, 'scale')[0] ?? NaN)).toBeCloseTo(0.3476767, 1);
  });
});

describe('mean-field gap', () => {
  it.each([
    { correlation: 0.5, gap: 0.143841 },
    { correlation: 0.8, gap: 0.5108256 },
  ])('is −½ log(1 − ρ²) at ρ = $correlation', ({ correlation, gap }) => {
    // Without data the prior is the posterior, and log Z is 0.
    const model = sample(
      'z',
      multivariateNormal([1, -1], {
        covariance: [
          [1, correlation],
          [correlation, 1],
        ],
      }),
    );
    const guide = program(function* () {
      const loc = yield* param('loc', tf.zeros([2]));
      const scale = yield* param('scale', tf.ones([2]), { support: positive });
      yield* sample('z', independent(normal(loc, scale)));
    });
    const params = train(model, guide);
    const blocks = [{ site: 'z', size: 2 }];
    expect(exactBound(model, guide, blocks, params)).toBeCloseTo(-gap, 2);
    // The best scales are those of the conditionals, not of the marginals.
    for (const s of numbers(params, 'scale')) {
      expect(Math.exp(s)).toBeCloseTo(Math.sqrt(1 - correlation ** 2), 1);
    }
  });
});

describe('exact-guide laws', () => {
  const particles = 7;
  const everyDraw = (model: AnyProgram, guide: AnyProgram, logZ: number): void =>
    tf.tidy(() => {
      const draws = trace(guide, { key: key(3), particles });
      const values = Object.fromEntries(Object.values(draws.sites).map((s) => [s.name, s.value]));
      const logWeights = tf.sub(score(model, { values, particles }), draws.logJoint);
      expect(logWeights.shape).toEqual([particles]);
      for (const w of logWeights.dataSync()) expect(w).toBeCloseTo(logZ, 4);
    });

  it('hold on the half line, where the Jacobian counts', () => {
    const model = condition(
      program(function* () {
        const y = yield* sample('y', transformed(normal(0, 1), bijectors.exp));
        yield* sample('x', normal(tf.log(y), 1));
      }),
      { x: 5 },
    );
    const guide = sample('y', transformed(normal(2.5, Math.SQRT1_2), bijectors.exp));
    everyDraw(model, guide, -7.5155121);
  });

  it('hold for a change of variables of the prior alone', () => {
    // y = 3 + 2 z, z ~ N(0, 1), is N(3, 2): the guide says so without a bijector.
    const model = sample('y', transformed(normal(0, 1), bijectors.affine(3, 2)));
    everyDraw(model, sample('y', normal(3, 2)), 0);
  });

  it('hold for a mixture whose classes are summed out by hand', () => {
    const mixing = () => categorical({ probs: [0.2, 0.3, 0.5] });
    const components = () => normal([-2, 0, 3], [1, 0.5, 2]);
    const x = 0.7;
    const density = [-2, 0, 3].map((m, i) => {
      const s = [1, 0.5, 2][i] ?? NaN;
      const weight = [0.2, 0.3, 0.5][i] ?? NaN;
      return (weight * Math.exp(-0.5 * ((x - m) / s) ** 2)) / (s * Math.sqrt(2 * Math.PI));
    });
    const total = density.reduce((a, b) => a + b, 0);
    everyDraw(
      condition(sample('x', mixture(mixing(), components())), { x }),
      program(function* () {}),
      Math.log(total),
    );
    const classes = program(function* () {
      const c = yield* sample('c', mixing());
      const index = tf.cast(c, 'int32');
      const [loc, scale] = [tf.tensor1d([-2, 0, 3]), tf.tensor1d([1, 0.5, 2])];
      yield* observe('x', normal(tf.gather(loc, index), tf.gather(scale, index)), x);
    });
    everyDraw(classes, sample('c', categorical({ probs: density })), Math.log(total));
    const uninformed = sample('c', categorical({ probs: [1, 1, 1] }));
    const bound = density.reduce((sum, d) => sum + (Math.log(d) - Math.log(1 / 3)) / 3, 0);
    for (const closedFormKl of ['whereValid', 'never'] as const) {
      const at = { noise: keyedNoise(key(0)) };
      expect(estimateAt(classes, uninformed, elbo({ closedFormKl }), at).value).toBeCloseTo(
        bound,
        5,
      );
    }
  });
});

describe('a bound without information', () => {
  it.each([{ subsample: 100 }, { subsample: 20 }, { subsample: 1 }])(
    'is 100 log 0.6 with $subsample of 100 observations visited',
    ({ subsample }) => {
      const model = program(function* () {
        yield* sample('z', normal(0, 1));
        const visited = tf.ones([subsample]);
        yield* plate(
          'data',
          { size: 100, subsample },
          observe('x', bernoulli({ probs: 0.6 }), visited),
        );
      });
      for (const closedFormKl of ['whereValid', 'never'] as const) {
        for (const particles of [1, 5]) {
          const { value } = estimateAt(
            model,
            sample('z', normal(0, 1)),
            elbo({ particles, closedFormKl }),
            { noise: keyedNoise(key(2)) },
          );
          expect(-value).toBeCloseTo(51.0825624, 3);
        }
      }
    },
  );
});

describe('the gradient of one particle', () => {
  it.each([1, 0.7])('is the one by hand at scale %d', (scale) => {
    const x = [-0.5, 2];
    const loc = 0.25;
    const epsilon = [0.75, -1.5];
    const z = epsilon.map((e) => loc + scale * e);
    const model = plate(
      'data',
      2,
      program(function* () {
        const zs = yield* sample('z', normal(0, 1));
        yield* observe('x', normal(zs, 1), x);
      }),
    );
    const guide = program(function* () {
      const m = yield* param('loc', 0);
      const s = yield* param('scale', 1, { support: positive });
      yield* plate('data', 2, sample('z', normal(m, s)));
    });
    const params = { loc: tf.scalar(loc), scale: tf.scalar(Math.log(scale)) };
    const noise = () => tf.tensor1d(epsilon);
    const { gradients } = estimateAt(model, guide, elbo({ closedFormKl: 'never' }), {
      noise,
      params,
    });
    const loss = (name: string) => -(gradients[name]?.[0] ?? NaN);
    const pull = z.map((v, i) => -v + ((x[i] ?? NaN) - v));
    expect(loss('loc')).toBeCloseTo(-pull.reduce((a, b) => a + b, 0), 4);
    const byScale = -z.reduce((sum, v, i) => sum + (pull[i] ?? NaN) * (v - loc) + 1, 0) / scale;
    // The parameter is log scale, hence the factor.
    expect(loss('scale')).toBeCloseTo(byScale * scale, 4);
    tf.dispose(params);
  });
});

describe('evidence by sampling', () => {
  it('of a uniform chance with 0, 1, 1, 1 seen is 1/20', async () => {
    const model = program(function* () {
      const probs = yield* sample('chance', uniform(0, 1));
      yield* plate('data', 4, observe('x', bernoulli({ probs }), [0, 1, 1, 1]));
    });
    // The relative deviation of one weight is 0.9, so 40,000 have a standard error of 0.0045:
    // a false alarm, beyond 4 of them, has probability 6e-5.
    const { total } = await evidence(model, sample('chance', uniform(0, 1)), {
      key: foldIn(key(0), 'evidence'),
      samples: 40_000,
      chunk: 10_000,
    });
    expect(Math.abs(total + Math.log(20))).toBeLessThan(0.018);
  });
});

describe('a point mass as guide', () => {
  it('finds the mode, and its bound is the log joint there', () => {
    const model = normalNormal(1, [5]);
    const guide = program(function* () {
      yield* sample('z', delta(yield* param('at', 0)));
    });
    const params = train(model, guide, { particles: 1 });
    const [at = NaN] = numbers(params, 'at');
    expect(at).toBeCloseTo(2.5, 2);
    const { value } = estimateAt(model, guide, elbo(), { noise: keyedNoise(key(0)), params });
    expect(value).toBeCloseTo(-0.5 * (at ** 2 + (5 - at) ** 2) - Math.log(2 * Math.PI), 4);
  });
});

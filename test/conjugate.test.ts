/**
 * Known answers beyond the normal: conjugate models whose posterior and log evidence are closed forms.
 * Seeds are fixed.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Params,
  type Program,
  bernoulli,
  beta,
  categorical,
  dirichlet,
  elbo,
  evidence,
  exponential,
  foldIn,
  gamma,
  halfCauchy,
  key,
  keyedNoise,
  logNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
} from 'marginalia';
import { describe, expect, it } from 'vitest';
import { estimateAt } from './estimate-at.js';
import { numbers, train } from './train.js';

type AnyProgram = Program<unknown, unknown>;

interface Conjugate {
  readonly name: string;
  readonly model: AnyProgram;
  readonly guide: AnyProgram;
  readonly posterior: AnyProgram;
  /** The posterior's parameters, by the names that the guide gives them. */
  readonly exact: Readonly<Record<string, readonly number[]>>;
  readonly logZ: number;
}

const betaBernoulli = (
  prior: readonly [number, number],
  data: readonly number[],
  posterior: readonly [number, number],
  logZ: number,
): Conjugate => ({
  name: `Beta(${prior.join()})-Bernoulli`,
  model: program(function* () {
    const probs = yield* sample('p', beta(...prior));
    yield* plate('data', data.length, observe('x', bernoulli({ probs }), data));
  }),
  guide: program(function* () {
    const ones = yield* param('ones', 1, { support: positive });
    const zeros = yield* param('zeros', 1, { support: positive });
    yield* sample('p', beta(ones, zeros));
  }),
  posterior: sample('p', beta(...posterior)),
  exact: { ones: [posterior[0]], zeros: [posterior[1]] },
  logZ,
});

const gammaExponential: Conjugate = {
  name: 'Gamma(1, 1)-Exponential',
  model: program(function* () {
    const rate = yield* sample('rate', gamma(1, 1));
    yield* plate('data', 2, observe('x', exponential(rate), [3, 2]));
  }),
  guide: program(function* () {
    const concentration = yield* param('concentration', 1, { support: positive });
    const inverseScale = yield* param('inverseScale', 1, { support: positive });
    yield* sample('rate', gamma(concentration, inverseScale));
  }),
  posterior: sample('rate', gamma(3, 6)),
  exact: { concentration: [3], inverseScale: [6] },
  logZ: -4.6821312,
};

const dirichletCategorical: Conjugate = {
  name: 'Dirichlet(0.5, 1, 1.5, 3)-Categorical',
  model: program(function* () {
    const probs = yield* sample('p', dirichlet([0.5, 1, 1.5, 3]));
    const data = [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2];
    yield* plate('data', data.length, observe('x', categorical({ probs }), data));
  }),
  guide: program(function* () {
    const concentration = yield* param('concentration', [1, 1, 1, 1], { support: positive });
    yield* sample('p', dirichlet(concentration));
  }),
  posterior: sample('p', dirichlet([4.5, 3, 6.5, 3])),
  exact: { concentration: [4.5, 3, 6.5, 3] },
  logZ: -17.5265053,
};

const rows: readonly Conjugate[] = [
  betaBernoulli([1, 1], [0, 1, 1, 1], [4, 2], -2.9957323),
  betaBernoulli([10, 10], [1, 1, 1, 1, 1, 1, 0, 0, 0, 0], [16, 14], -7.0693745),
  gammaExponential,
  dirichletCategorical,
];

describe.each(rows)('$name', ({ model, guide, posterior, exact, logZ }) => {
  it('has log p − log q = log Z at every draw from the posterior', () => {
    for (let seed = 0; seed < 10; seed += 1) {
      const noise = keyedNoise(key(seed));
      const objective = elbo({ closedFormKl: 'never' });
      expect(estimateAt(model, posterior, objective, { noise }).value).toBeCloseTo(logZ, 4);
    }
  });

  it.each([{ closedFormKl: 'whereValid' }, { closedFormKl: 'never' }] as const)(
    'trains to log Z, with closed forms $closedFormKl',
    (options) => {
      const params: Params = train(model, guide, {
        ...options,
        steps: 150,
        rate: 0.2,
        particles: 16,
      });
      // At the posterior the weights are all equal, so the average over draws is nearly exact.
      const objective = elbo({ particles: 2000, closedFormKl: 'never' });
      const bound = estimateAt(model, guide, objective, { noise: keyedNoise(key(1)), params });
      expect(Math.abs(bound.value - logZ)).toBeLessThan(0.01);
      for (const [name, expected] of Object.entries(exact)) {
        numbers(params, name).forEach((log, i) =>
          expect(Math.abs(log - Math.log(expected[i] ?? NaN))).toBeLessThan(0.15),
        );
      }
      tf.dispose(params);
    },
  );
});

describe('a half-Cauchy scale', () => {
  // σ ~ half-Cauchy(2.5), x_i ~ N(0, σ): log Z by the trapezoidal rule over log σ.
  const data = [1.2, -0.4, 2.1, -1.7, 0.3];
  const squares = data.reduce((sum, x) => sum + x * x, 0);
  const joint = (u: number): number => {
    const s = Math.exp(u);
    const prior = Math.log(2 / Math.PI) - Math.log(2.5) - Math.log1p((s / 2.5) ** 2) + u;
    return prior - 5 * (Math.log(s) + 0.5 * Math.log(2 * Math.PI)) - squares / (2 * s * s);
  };
  const logZ = Math.log(
    Array.from({ length: 4001 }, (_, i) => Math.exp(joint((i - 2000) / 200)) / 200).reduce(
      (a, b) => a + b,
      0,
    ),
  );
  const model = program(function* () {
    const scale = yield* sample('scale', halfCauchy(2.5));
    yield* plate('data', 5, observe('x', normal(0, scale), data));
  });

  it('has its evidence bounded by a log-normal guide, and found by weighting its draws', async () => {
    const guide = program(function* () {
      const loc = yield* param('loc', 0);
      const width = yield* param('width', 1, { support: positive });
      yield* sample('scale', logNormal(loc, width));
    });
    const params = train(model, guide);
    const objective = elbo({ particles: 4000 });
    const { value } = estimateAt(model, guide, objective, { noise: keyedNoise(key(1)), params });
    expect(value).toBeLessThan(logZ);
    expect(value).toBeGreaterThan(logZ - 0.05);
    const [loc = NaN, width = NaN] = ['loc', 'width'].map((n) => numbers(params, n)[0]);
    tf.dispose(params);
    // A guide that is wider than the posterior keeps the weights bounded: their relative deviation
    // is below 1, so 40,000 have a standard error of 0.005, and beyond 4 of them lies 6e-5.
    const wide = sample('scale', logNormal(loc, 1.5 * Math.exp(width)));
    const { total } = await evidence(model, wide, {
      key: foldIn(key(0), 'evidence'),
      samples: 40_000,
      chunk: 10_000,
    });
    expect(Math.abs(total - logZ)).toBeLessThan(0.02);
  });
});

/** Conjugate models with their exact posteriors and log evidence, and the objectives they test. */
import * as tf from '@tensorflow/tfjs';
import {
  type Objective,
  type Program,
  type Tensor,
  bernoulli,
  beta,
  categorical,
  dirichlet,
  elbo,
  exponential,
  gamma,
  independent,
  iwae,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
} from 'marginalia';
import { lowerCholesky } from 'marginalia/distributions';
import {
  betaElbo,
  cubo,
  eubo,
  renyi,
  reweightedWakeSleep,
  tailAdaptive,
  varGrad,
  vimco,
} from 'marginalia/objectives';
import {
  type Matrix,
  choleskyFactor,
  given,
  identityMatrix,
  logDensity,
  multiply,
  transpose,
} from '../../src/testing/cases/linear-gaussian/exact/gaussian.js';

type AnyProgram = Program<unknown, unknown>;

export interface KnownRow {
  readonly name: string;
  readonly model: AnyProgram;
  /** A family that contains the posterior. */
  readonly guide: AnyProgram;
  readonly posterior: AnyProgram;
  /** The posterior's parameters, by the names that the guide gives them. */
  readonly exact: Readonly<Record<string, readonly number[]>>;
  /** In nats. */
  readonly logZ: number;
  /** Whether its draws are of gammas in turn, whose graphs are a hundred times those of normals. */
  readonly large?: boolean;
}

const scaled = (name: string) => param(name, 1, { support: positive });

/** z ~ N(0, priorScale), x_i ~ N(z, 1). */
const normalNormal = (
  priorScale: number,
  data: readonly number[],
  loc: number,
  scale: number,
  logZ: number,
): KnownRow => ({
  name: `Normal-Normal, ${[...new Set(data)].join()} seen under N(0, ${priorScale})`,
  model: program(function* () {
    const z = yield* sample('z', normal(0, priorScale));
    yield* plate('data', data.length, observe('x', normal(z, 1), data));
  }),
  guide: program(function* () {
    yield* sample('z', normal(yield* param('loc', 0), yield* scaled('scale')));
  }),
  posterior: sample('z', normal(loc, scale)),
  exact: { loc: [loc], scale: [scale] },
  logZ,
});

const pairs = [
  [-0.1, 0.3],
  [0, 0.4],
  [0.2, 0.5],
  [0.1, 0.7],
];
const twoDimensional: KnownRow = {
  name: 'two-dimensional Normal-Normal',
  model: program(function* () {
    const z = yield* sample('z', independent(normal([0, 0.5], Math.sqrt(10))));
    const noise = [1 / Math.sqrt(6), 0.5];
    yield* plate('data', 4, observe('x', independent(normal(z, noise)), pairs));
  }),
  guide: program(function* () {
    const loc = yield* param('loc', [0, 0]);
    const scale = yield* param('scale', [1, 1], { support: positive });
    yield* sample('z', independent(normal(loc, scale)));
  }),
  posterior: sample('z', independent(normal([0.0497925, 0.4751553], [0.2037002, 0.2492224]))),
  exact: { loc: [0.0497925, 0.4751553], scale: [0.2037002, 0.2492224] },
  logZ: -6.6036568,
};

const betaBernoulli = (
  prior: readonly [number, number],
  data: readonly number[],
  posterior: readonly [number, number],
  logZ: number,
): KnownRow => ({
  name: `Beta(${prior.join()})-Bernoulli`,
  model: program(function* () {
    const probs = yield* sample('p', beta(...prior));
    yield* plate('data', data.length, observe('x', bernoulli({ probs }), data));
  }),
  guide: program(function* () {
    yield* sample('p', beta(yield* scaled('ones'), yield* scaled('zeros')));
  }),
  posterior: sample('p', beta(...posterior)),
  exact: { ones: [posterior[0]], zeros: [posterior[1]] },
  logZ,
  large: true,
});

const gammaExponential: KnownRow = {
  name: 'Gamma(1, 1)-Exponential',
  model: program(function* () {
    const rate = yield* sample('rate', gamma(1, 1));
    yield* plate('data', 2, observe('x', exponential(rate), [3, 2]));
  }),
  guide: program(function* () {
    yield* sample('rate', gamma(yield* scaled('concentration'), yield* scaled('inverseScale')));
  }),
  posterior: sample('rate', gamma(3, 6)),
  exact: { concentration: [3], inverseScale: [6] },
  logZ: -4.6821312,
  large: true,
};

const dirichletCategorical: KnownRow = {
  name: 'Dirichlet(0.5, 1, 1.5, 3)-Categorical',
  model: program(function* () {
    const probs = yield* sample('p', dirichlet([0.5, 1, 1.5, 3]));
    const data = [0, 0, 0, 0, 1, 1, 2, 2, 2, 2, 2];
    yield* plate('data', data.length, observe('x', categorical({ probs }), data));
  }),
  guide: program(function* () {
    const concentration = yield* param('concentration', [2, 2, 2, 2], { support: positive });
    yield* sample('p', dirichlet(concentration));
  }),
  posterior: sample('p', dirichlet([4.5, 3, 6.5, 3])),
  exact: { concentration: [4.5, 3, 6.5, 3] },
  logZ: -17.5265053,
  large: true,
};

/** z3, then each site given the next: slopes and offsets by the marginals of the prior chain. */
const chainPosterior = { loc: 0.0621978, scale: 0.3476767 };
const backwards = (next: Tensor, slope: number): Tensor =>
  tf.add(0.2, tf.mul(slope, tf.sub(next, 0.2)));
const gaussianChain: KnownRow = {
  name: 'Gaussian chain',
  model: program(function* () {
    const z1 = yield* sample('z1', normal(0.2, Math.SQRT2));
    const z2 = yield* sample('z2', normal(z1, 1));
    const z3 = yield* sample('z3', normal(z2, 1 / Math.sqrt(1.5)));
    yield* plate('data', 4, observe('x', normal(z3, Math.SQRT1_2), [-0.1, 0.03, 0.2, 0.1]));
  }),
  guide: program(function* () {
    const step = (name: 'z1' | 'z2', next: Tensor) =>
      program(function* () {
        const slope = yield* param(`${name}/slope`, 0);
        const offset = yield* param(`${name}/offset`, 0);
        const loc = tf.add(tf.mul(slope, next), offset);
        return yield* sample(name, normal(loc, yield* scaled(`${name}/scale`)));
      });
    const z3 = yield* sample('z3', normal(yield* param('loc', 0), yield* scaled('scale')));
    yield* step('z1', yield* step('z2', z3));
  }),
  posterior: program(function* () {
    const z3 = yield* sample('z3', normal(chainPosterior.loc, chainPosterior.scale));
    const z2 = yield* sample('z2', normal(backwards(z3, 9 / 11), Math.sqrt(6 / 11)));
    yield* sample('z1', normal(backwards(z2, 2 / 3), Math.sqrt(2 / 3)));
  }),
  exact: { loc: [chainPosterior.loc], scale: [chainPosterior.scale] },
  logZ: -4.0459361,
};

/** z ~ N(0, I) of three numbers, x ~ N(W z, ½ I) of five, by dense linear algebra. */
const linear: KnownRow = ((): KnownRow => {
  const weights: Matrix = [
    [1, 0.5, 0],
    [-0.5, 1, 0.25],
    [0, 0.75, 1],
    [0.5, -1, 0.5],
    [1, 0, -0.75],
  ];
  const x = [0.5, -1, 0.25, 1.5, 2];
  const seen = multiply(weights, transpose(weights)).map((row, i) =>
    row.map((v, j) => v + (i === j ? 0.5 : 0)),
  );
  const cross = transpose(weights);
  const joint = {
    mean: [0, 0, 0, 0, 0, 0, 0, 0],
    covariance: [
      ...identityMatrix(3).map((row, i) => [...row, ...(cross[i] ?? [])]),
      ...seen.map((row, i) => [...(weights[i] ?? []), ...row]),
    ],
  };
  const { mean, covariance } = given(joint, [0, 1, 2], [3, 4, 5, 6, 7], x);
  const scaleTril = choleskyFactor(covariance).map((row) => [...row]);
  return {
    name: 'linear-Gaussian, three latent numbers and five seen',
    model: program(function* () {
      const z = yield* sample('z', independent(normal([0, 0, 0], 1)));
      const turned = tf.tensor2d(cross.map((row) => [...row]));
      const turns = tf.matMul(tf.reshape(z, [-1, 3]), turned);
      const shaped = tf.reshape(turns, [...z.shape.slice(0, -1), 5]);
      yield* observe('x', independent(normal(shaped, Math.SQRT1_2)), x);
    }),
    guide: program(function* () {
      const loc = yield* param('loc', [0, 0, 0]);
      const tril = yield* param('tril', tf.eye(3), { support: lowerCholesky });
      yield* sample('z', multivariateNormal(loc, { scaleTril: tril }));
    }),
    posterior: sample('z', multivariateNormal([...mean], { scaleTril })),
    exact: { loc: mean, tril: scaleTril.flat() },
    logZ: logDensity({ mean: [0, 0, 0, 0, 0], covariance: seen }, x),
  };
})();

const fifty = Array.from({ length: 50 }, () => 0);

export const knownRows: readonly KnownRow[] = [
  normalNormal(1, [5], 2.5, Math.SQRT1_2, -7.5155121),
  normalNormal(2, [5.5, 6.5], 16 / 3, 2 / 3, -7.1864894),
  normalNormal(1, fifty, 0, 0.140028, -47.9128395),
  twoDimensional,
  betaBernoulli([1, 1], [0, 1, 1, 1], [4, 2], -2.9957323),
  betaBernoulli([10, 10], [1, 1, 1, 1, 1, 1, 0, 0, 0, 0], [16, 14], -7.0693745),
  gammaExponential,
  dirichletCategorical,
  gaussianChain,
  linear,
];

/** An objective that is log evidence at the posterior. */
export interface KnownObjective {
  readonly name: string;
  readonly objective: Objective;
  /** −1 for what is minimised. */
  readonly sign: 1 | -1;
  /** Whether its gradient is noisy at the posterior too, so that it takes many small steps. */
  readonly noisy: boolean;
}

const gradient = 'doublyReparameterised';
const lower = (name: string, objective: Objective): KnownObjective => ({
  name,
  objective,
  sign: 1,
  noisy: ['iwae', 'vimco', 'renyi of one half'].includes(name),
});
const upper = (name: string, objective: Objective): KnownObjective => ({
  name,
  objective,
  sign: -1,
  noisy: false,
});

/**
 * Every objective for training. Where the bound itself nears log evidence with K, whatever the
 * guide, K is small, or there would be nothing to train the guide by.
 */
export const knownObjectives: readonly KnownObjective[] = [
  lower('elbo', elbo({ particles: 16, closedFormKl: 'never' })),
  lower('elbo of closed forms', elbo({ particles: 16 })),
  lower('betaElbo', betaElbo({ particles: 16, beta: 1 })),
  lower('stickingTheLanding', elbo({ particles: 4, gradient: 'stickingTheLanding' })),
  lower('iwae', iwae({ particles: 2 })),
  lower('doublyReparameterised', iwae({ particles: 3, gradient })),
  lower('renyi of one half', renyi({ alpha: 0.5, particles: 2 })),
  lower('renyi of two', renyi({ alpha: 2, particles: 16 })),
  lower('renyi of one half, doubly', renyi({ alpha: 0.5, particles: 4, gradient })),
  lower('vimco', vimco({ particles: 2 })),
  lower('varGrad', varGrad({ particles: 16 })),
  lower('tailAdaptive', tailAdaptive({ particles: 16 })),
  lower('reweightedWakeSleep', reweightedWakeSleep({ particles: 16 })),
  upper('eubo', eubo({ particles: 16 })),
  upper('cubo', cubo({ particles: 16 })),
];

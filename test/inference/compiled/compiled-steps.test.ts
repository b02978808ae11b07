/** Compiled training: steps of every kind, in every engine. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import {
  type Distribution,
  type Objective,
  type Tensor,
  adam,
  bernoulli,
  beta,
  bijectors,
  categorical,
  condition,
  cosineDecay,
  delta,
  dirichlet,
  elbo,
  expand,
  exponential,
  fit,
  gamma,
  halfNormal,
  independent,
  key,
  logNormal,
  mask,
  mixture,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  real,
  rowsOf,
  sample,
  sgd,
  studentT,
  svi,
  transformed,
  uniform,
  useBackend,
} from 'marginalia';
import {
  arrayOf,
  autoregressive,
  betaBinomial,
  binomial,
  cauchy,
  chi2,
  continuousBernoulli,
  discretizedLogistic,
  dirichletMultinomial,
  discreteUniform,
  geometric,
  gumbel,
  halfCauchy,
  halfStudentT,
  inverseGamma,
  kumaraswamy,
  logistic,
  lkjCholesky,
  logitNormal,
  lowRankMultivariateNormal,
  multinomial,
  negativeBinomial,
  negativeBinomial2,
  orderedLogistic,
  pareto,
  poisson,
  relaxedBernoulli,
  truncatedNormal,
  vonMises,
  weibull,
  wishartCholesky,
} from 'marginalia/distributions';
import { mlp } from 'marginalia/nn';
import { type Optimizer, chained, clipByGlobalNorm, rmsprop } from 'marginalia/optimizers';
import { freeState } from '../../../src/inference/stepper.js';
import { gap } from '../../compile/compiled-values.js';
import { right } from '../../either.js';
import { sameInEveryEngine } from './engines.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const data = rowsOf(
  Float32Array.from({ length: 12 }, (_, i) => Math.sin(i) * 2),
  [2],
);

/** q from a parameter on the line and a positive one. */
type Guide = (shift: Tensor, scale: Tensor) => Distribution;

/** A model over pairs of numbers with latent z ~ prior and guide q. */
const inference = (
  prior: () => Distribution,
  guide: Guide,
  objective: Objective,
  optimizer: Optimizer,
  read: (z: Tensor) => Tensor = (z) => tf.expandDims(z, -1),
) =>
  svi({
    model: (x: Tensor) =>
      condition(
        plate(
          'data',
          x.shape[0] ?? 0,
          program(function* () {
            const z = yield* sample(nameOf('z'), prior());
            const h = yield* mlp('decoder', { hidden: [3], out: 2, activation: 'tanh' })(read(z));
            yield* sample('x', independent(normal(h, 1)));
          }),
        ),
        { x },
      ),
    guide: (x: Tensor) =>
      program(function* () {
        const shift = yield* param('shift', 0.1);
        const scale = yield* param('scale', 0.8, { support: positive });
        yield* plate('data', x.shape[0] ?? 0, sample(nameOf('z'), guide(shift, scale)));
      }),
    objective,
    optimizer,
  });

// A name that types do not see lets one table hold every family.
const nameOf = (name: string): string => name;

const batch = (): Tensor => data.batch(new Int32Array([0, 1, 2, 3]), key(0));

const pair = (z: Tensor): Tensor => z;

type FamilyCase = readonly [
  name: string,
  prior: () => Distribution,
  guide: Guide,
  read?: (z: Tensor) => Tensor,
];

const families: readonly FamilyCase[] = [
  ['normal', () => normal(0, 1), normal],
  ['log-normal', () => halfCauchy(1), logNormal],
  ['exponential', () => gamma(2, 1), (_, rate) => exponential(rate)],
  ['half-normal', () => halfNormal(2), (_, scale) => halfNormal(scale)],
  ['half-Cauchy', () => halfCauchy(2), (_, scale) => halfCauchy(scale)],
  ["Student's t", () => studentT(5, 0, 1), (shift, df) => studentT(df, shift, df)],
  ['gamma', () => gamma(2, 3), (_, concentration) => gamma(concentration, concentration)],
  ['beta', () => beta(2, 1), (_, concentration) => beta(concentration, 1.5)],
  [
    'Dirichlet',
    () => dirichlet([1, 1]),
    (_, concentration) => dirichlet(tf.stack([concentration, tf.mul(concentration, 2)])),
    pair,
  ],
  [
    'a normal of low rank',
    () =>
      multivariateNormal([0, 0], {
        precision: [
          [2, 0.5],
          [0.5, 1],
        ],
      }),
    (shift, scale) =>
      lowRankMultivariateNormal(
        [0.1, 0],
        tf.reshape(tf.stack([shift, scale]), [2, 1]),
        tf.stack([scale, tf.mul(scale, 2)]),
      ),
    pair,
  ],
  [
    'an autoregressive series',
    () => autoregressive([0.5, 0.25], 1, 2),
    (shift, scale) => autoregressive(tf.reshape(shift, [1]), scale, 2, { initial: [1] }),
    pair,
  ],
  [
    'factors of correlations',
    () => lkjCholesky(2, 1.5),
    (_, concentration) => lkjCholesky(2, concentration),
    (z) => tf.reshape(z, [-1, 4]),
  ],
  [
    'factors of Wishart matrices',
    () =>
      wishartCholesky(4, [
        [1, 0],
        [0.5, 1],
      ]),
    (_, scale) => wishartCholesky(tf.add(scale, 3), tf.mul(scale, tf.eye(2))),
    (z) => tf.reshape(z, [-1, 4]),
  ],
  ['uniform', () => uniform(-1, 1), () => uniform(-0.5, 0.5)],
  ['delta', () => normal(0, 1), () => delta(0.3, { support: real })],
  ['bernoulli', () => bernoulli({ probs: 0.4 }), () => bernoulli({ logits: 0.3 })],
  [
    'categorical',
    () => categorical({ probs: [1, 2, 3] }),
    () => categorical({ logits: [0.1, 0, 0.3] }),
  ],
  [
    'mixture',
    () => normal(0, 1),
    () => mixture(categorical({ probs: [1, 2] }), normal([-1, 1], 1)),
  ],
  [
    'transformed',
    () => transformed(normal(0, 1), bijectors.exp),
    () => transformed(normal(0.1, 0.5), bijectors.exp),
  ],
  ['mask', () => mask(normal(0, 1), 1), normal],
  [
    'independent normals',
    () => independent(expand(normal(0, 1), [2])),
    () => independent(normal([0.1, 0.2], [0.5, 0.7])),
    pair,
  ],
  [
    'multivariate normal',
    () => independent(expand(normal(0, 1), [2])),
    () => multivariateNormal([0.1, 0.2], { logScale: [0.1, -0.2], lower: [0.3] }),
    pair,
  ],
  [
    'multivariate normal by covariance',
    () =>
      multivariateNormal([0, 0], {
        covariance: [
          [1, 0.5],
          [0.5, 1],
        ],
      }),
    () =>
      multivariateNormal([0.1, 0.2], {
        scaleTril: [
          [1, 0],
          [0.2, 0.7],
        ],
      }),
    pair,
  ],
  [
    'point of an array',
    () => independent(expand(normal(0, 1), [2])),
    () => delta([0.1, 0.2], { support: arrayOf(real) }),
    pair,
  ],
];

/** Families whose kernels are those of the others: drawn and scored. */
const more: readonly FamilyCase[] = [
  ['Cauchy', () => cauchy(0, 1), (shift, scale) => cauchy(shift, scale)],
  ['Gumbel', () => gumbel(0, 1), (shift, scale) => gumbel(shift, scale)],
  ['logistic', () => logistic(0, 1), (shift, scale) => logistic(shift, scale)],
  ['logit-normal', () => beta(2, 1), (shift, scale) => logitNormal(shift, scale)],
  ['Kumaraswamy', () => beta(2, 1), (_, scale) => kumaraswamy(scale, 1.5)],
  ['Weibull', () => exponential(1), (_, scale) => weibull(scale, 1.5)],
  ['inverse gamma', () => weibull(2, 1), (_, rate) => inverseGamma(3, rate)],
  ['chi-square', () => gamma(2, 1), (_, df) => chi2(df)],
  ['Pareto', () => pareto(0.5, 2), (_, alpha) => pareto(0.5, alpha)],
  ['half-Student', () => halfStudentT(5, 2), (_, scale) => halfStudentT(4, scale)],
  [
    'truncated normal',
    () => truncatedNormal(0, 1, -1, 2),
    (shift, scale) => truncatedNormal(shift, scale, -1, 2),
  ],
  ['continuous Bernoulli', () => beta(2, 1), (logits) => continuousBernoulli({ logits })],
  [
    'relaxed Bernoulli',
    () => beta(2, 1),
    (logits, temperature) => relaxedBernoulli(temperature, { logits }),
  ],
  [
    'discretised logistic',
    () => binomial(4, { probs: 0.3 }),
    (shift, scale) => discretizedLogistic(shift, scale, 0, 4),
  ],
  ['von Mises', () => vonMises(1, 2), (shift, scale) => vonMises(shift, scale)],
  ['Poisson', () => poisson(3), (_, rate) => poisson(rate)],
  ['geometric', () => geometric({ probs: 0.3 }), (logits) => geometric({ logits })],
  ['binomial', () => binomial(4, { probs: 0.3 }), (logits) => binomial(4, { logits })],
  [
    'negative binomial',
    () => negativeBinomial(2, { probs: 0.4 }),
    (_, mean) => negativeBinomial2(mean, 2),
  ],
  ['beta-binomial', () => betaBinomial(2, 1, 4), (logits) => binomial(4, { logits })],
  ['discrete uniform', () => discreteUniform(0, 4), (logits) => binomial(4, { logits })],
  [
    'multinomial',
    () => dirichletMultinomial([1, 2], 5),
    (logit) => multinomial(5, { logits: tf.stack([logit, tf.scalar(0)]) }),
    pair,
  ],
  [
    'ordered logistic',
    () => categorical({ probs: [1, 2, 3] }),
    (predictor) => orderedLogistic(predictor, [-1, 0.5]),
  ],
];

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  adam: () => adam(0.01),
  'adam with a schedule': () => adam(cosineDecay(0.01, 10)),
  'clipped sgd with momentum': () =>
    chained(clipByGlobalNorm(0.5), sgd(0.01, { momentum: 0.9, nesterov: true })),
  rmsprop: () => rmsprop(0.01),
};

describe('a compiled step equals the eager one', () => {
  const drawn = elbo({ particles: 2, discrete: 'score', closedFormKl: 'never' });
  const named = (cases: readonly FamilyCase[]) =>
    cases.map(([name, prior, guide, read]) => ({ name, prior, guide, read }));
  it.each(named(families))('$name', async ({ prior, guide, read }) => {
    await sameInEveryEngine(inference(prior, guide, drawn, adam(0.01), read), batch());
    const closed = inference(prior, guide, elbo(), adam(0.01), read);
    await sameInEveryEngine(closed, batch(), 2, ['onnxruntime']);
  });

  // Their values are compared by every executor beside their families (`test/dsl/distributions/executors.test.ts`).
  it.each(named(more))('$name', async ({ prior, guide, read }) => {
    const made = inference(prior, guide, drawn, adam(0.01), read);
    await sameInEveryEngine(made, batch(), 2, ['onnxruntime']);
  });

  it.each(Object.entries(optimizers))('%s', async (_, optimizer) => {
    const made = inference(() => normal(0, 1), normal, elbo(), optimizer());
    await sameInEveryEngine(made, batch(), 6);
  });

  it('is refused where the program draws numbers of its own', async () => {
    const drawing = svi({
      model: (x: Tensor) =>
        condition(
          program(function* () {
            const loc = yield* param('loc', 0);
            const own = independent(normal(tf.add(loc, tf.randomNormal([2])), 1));
            yield* plate('data', x.shape[0] ?? 0, sample('x', own));
          }),
          { x },
        ),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const options = { svi: drawing, data, batchSize: 3, length: { steps: 2 }, key: key(0) };
    await expect(fit(options)()).rejects.toThrow(/random numbers are drawn that no site names/);
    const x = tf.zeros([3, 2]);
    const first = drawing.init(key(0), x);
    expect(await compiledStepper(drawing, first, x)).toEqual(
      E.left(expect.stringMatching(/random numbers of its own.*noise\('name'/)),
    );
    freeState(first);
  });
});

describe('engines', () => {
  const made = inference(() => normal(0, 1), normal, elbo(), adam(0.01));
  const run = (
    engine: 'eager' | 'compiled',
    steps: number,
    from?: Parameters<typeof freeState>[0],
  ) =>
    fit({
      svi: made,
      data,
      batchSize: 4,
      length: { steps },
      key: key(2),
      engine,
      ...(from && { from }),
    })();

  it('go on from each other', async () => {
    const half = right(await run('compiled', 4)).state;
    const rest = right(await run('eager', 8, half)).state;
    const whole = right(await run('eager', 8)).state;
    const resumed: Readonly<Record<string, Tensor>> = rest.params;
    for (const [name, value] of Object.entries(whole.params)) {
      expect(gap(resumed[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(1e-3);
    }
    [half, rest, whole].forEach(freeState);
  });

  it('hold no more memory after thousands of compiled steps', async () => {
    const before = tf.memory().numTensors;
    freeState(right(await run('compiled', 50)).state);
    const { heapUsed } = process.memoryUsage();
    freeState(right(await run('compiled', 2000)).state);
    expect(tf.memory().numTensors).toBe(before);
    expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(60e6);
  });
});

/** Compiled training: steps of every kind, in every engine. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Distribution,
  type Objective,
  type Optimizer,
  type SviState,
  type Tensor,
  adam,
  arrayOf,
  bernoulli,
  beta,
  bijectors,
  categorical,
  chain,
  clipByGlobalNorm,
  condition,
  cosineDecay,
  cubo,
  delta,
  dirichlet,
  draw,
  elbo,
  eubo,
  expand,
  exponential,
  fit,
  foldIn,
  gamma,
  halfCauchy,
  halfNormal,
  independent,
  iwae,
  key,
  logNormal,
  mask,
  mixture,
  mlp,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  real,
  renyi,
  rmsprop,
  rowsOf,
  sample,
  sgd,
  studentT,
  svi,
  tailAdaptive,
  transformed,
  uniform,
  useBackend,
  varGrad,
  vimco,
} from '../src/index.js';
import { executableOf, boundTo } from '../src/compile/compile.js';
import { leavesOf } from '../src/compile/container.js';
import { traceStep } from '../src/inference/compiled-step.js';
import { namedState } from '../src/inference/named-state.js';
import { compiledStepper } from '../src/inference/compiled-stepper.js';
import { eagerStepper, freeState } from '../src/inference/stepper.js';
import { gap } from './compiled-values.js';
import { right } from './either.js';

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

/** Losses, gradients and parameters of both engines, whatever runs the compiled one. */
const compare = async (made: ReturnType<typeof inference>, steps = 3): Promise<void> => {
  const x = data.batch(new Int32Array([0, 1, 2, 3]), key(0));
  const first = made.init(key(4), x);
  const eager = eagerStepper(made, first);
  const expected = right(await eager.advance(x, steps));
  const gradients = made.gradients(first, x);
  const b = eager.state();
  for (const executor of ['onnxruntime', 'javascript'] as const) {
    const found = await gradientsBy(executor, made, first, x);
    for (const [name, value] of Object.entries(gradients)) {
      expect(gap(found[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-4);
    }
    const compiled = right(await compiledStepper(made, first, x, { executor }));
    const losses = right(await compiled.advance(x, steps));
    expect(losses).toHaveLength(steps);
    losses.forEach((loss, i) =>
      expect(Math.abs(loss / (expected[i] ?? 0) - 1), executor).toBeLessThan(1e-4),
    );
    const a = compiled.state();
    for (const [name, value] of Object.entries(b.params)) {
      expect(gap(a.params[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
    }
    for (const [name, value] of Object.entries(b.optimizer)) {
      expect(gap(a.optimizer[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
    }
    [a].forEach(freeState);
    tf.dispose(found);
    await compiled.close();
  }
  [b, first].forEach(freeState);
  tf.dispose(gradients);
  await eager.close();
  x.dispose();
};

/** The gradients of a state's next step, by one executor. */
const gradientsBy = async (
  executor: 'onnxruntime' | 'javascript',
  made: ReturnType<typeof inference>,
  state: SviState,
  x: Tensor,
): Promise<Readonly<Record<string, Tensor>>> => {
  const graphs = traceStep(made, state, x);
  const bound = boundTo(graphs.gradients);
  const { run, close } = right(await executableOf(bound, { executor }));
  for (const [name, v] of [...Object.entries(namedState(state)), ...leavesOf(x)]) {
    bound.inputs[name]?.set(v.dataSync());
  }
  for (const { input, site, block, noise, batch } of graphs.noises) {
    const at = foldIn(foldIn(foldIn(state.key, state.step), site), block);
    bound.inputs[input]?.set(draw(at, noise, batch));
  }
  await run();
  await close();
  return Object.fromEntries(
    Object.entries(state.params).map(([name, { shape }]) => [
      name,
      tf.tensor(bound.outputs[`gradients/${name}`]?.slice() ?? [], shape),
    ]),
  );
};

const pair = (z: Tensor): Tensor => z;

const families: readonly (readonly [
  string,
  () => Distribution,
  Guide,
  ((z: Tensor) => Tensor)?,
])[] = [
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

const [N, B, V] = ['normal', 'bernoulli', 'multivariate normal'] as const;

/** Objectives beside elbo, each with the guides it is tried with. */
const objectives: readonly (readonly [string, Objective, readonly string[]])[] = [
  ['iwae of one', iwae({ particles: 1 }), ['normal', 'bernoulli']],
  ['iwae', iwae({ particles: 3 }), ['normal', 'bernoulli', 'mixture', 'multivariate normal']],
  ['elbo that sticks the landing', elbo({ particles: 2, gradient: 'stickingTheLanding' }), [N, V]],
  [
    'iwae, doubly',
    iwae({ particles: 3, gradient: 'doublyReparameterised' }),
    [N, V, 'transformed'],
  ],
  ['renyi', renyi({ alpha: 0.5, particles: 3 }), [N, B]],
  ['vimco', vimco({ particles: 3 }), [N, B]],
  ['varGrad', varGrad({ particles: 3 }), [N, B]],
  ['tailAdaptive', tailAdaptive({ particles: 3 }), [N, V]],
  ['eubo', eubo({ particles: 3 }), [N, B]],
  ['cubo', cubo({ particles: 3 }), [N, 'categorical']],
];

const optimizers: Readonly<Record<string, () => Optimizer>> = {
  adam: () => adam(0.01),
  'adam with a schedule': () => adam(cosineDecay(0.01, 10)),
  'clipped sgd with momentum': () =>
    chain(clipByGlobalNorm(0.5), sgd(0.01, { momentum: 0.9, nesterov: true })),
  rmsprop: () => rmsprop(0.01),
};

describe('a compiled step equals the eager one', () => {
  it.each(families.map(([name, prior, guide, read]) => ({ name, prior, guide, read })))(
    '$name',
    async ({ prior, guide, read }) => {
      for (const objective of [
        elbo(),
        elbo({ particles: 3 }),
        elbo({ particles: 2, discrete: 'score', closedFormKl: 'never' }),
      ]) {
        await compare(inference(prior, guide, objective, adam(0.01), read));
      }
    },
  );

  it.each(objectives.map(([name, objective, guides]) => ({ name, objective, guides })))(
    'under $name',
    async ({ objective, guides }) => {
      for (const family of guides) {
        const [, prior, guide, read] = families.find(([name]) => name === family) ?? [];
        if (prior === undefined || guide === undefined) throw new Error(`no family ${family}`);
        await compare(inference(prior, guide, objective, adam(0.01), read));
      }
    },
  );

  it.each(Object.entries(optimizers))('%s', async (_, optimizer) => {
    await compare(
      inference(() => normal(0, 1), normal, elbo(), optimizer()),
      6,
    );
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
    const notes: string[] = [];
    const options = {
      svi: drawing,
      data,
      batchSize: 3,
      length: { steps: 2 },
      key: key(0),
      onEngine: (n: string) => notes.push(n),
    };
    expect(await fit({ ...options, engine: 'compiled' })()).toMatchObject(
      E.left({ tag: 'notCompiled', reason: expect.stringMatching(/random numbers of its own/) }),
    );
    freeState(right(await fit(options)()).state);
    expect(notes).toEqual([expect.stringMatching(/^eager: .*random numbers of its own/)]);
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
    for (const [name, value] of Object.entries(whole.params)) {
      expect(gap(rest.params[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(1e-3);
    }
    [half, rest, whole].forEach(freeState);
  });

  it('hold no more memory after thousands of compiled steps', async () => {
    const before = tf.memory().numTensors;
    freeState(right(await run('compiled', 50)).state);
    const { heapUsed } = process.memoryUsage();
    freeState(right(await run('compiled', 3000)).state);
    expect(tf.memory().numTensors).toBe(before);
    expect(process.memoryUsage().heapUsed - heapUsed).toBeLessThan(60e6);
  });
});

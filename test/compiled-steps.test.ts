/** Compiled training: steps of every kind, both engines, export. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Distribution,
  type Objective,
  type Optimizer,
  type Tensor,
  adam,
  arrayOf,
  bernoulli,
  bijectors,
  categorical,
  chain,
  clipByGlobalNorm,
  condition,
  cosineDecay,
  delta,
  elbo,
  expand,
  exportOnnx,
  fit,
  foldIn,
  independent,
  initializers,
  key,
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
  rmsprop,
  rowsOf,
  sample,
  sgd,
  svi,
  transformed,
  uniform,
  useBackend,
} from '../src/index.js';
import { compiledStepper } from '../src/inference/compiled-stepper.js';
import { eagerStepper, freeState } from '../src/inference/stepper.js';
import { wave, gap } from './compiled-values.js';
import { right } from './either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const data = rowsOf(
  Float32Array.from({ length: 12 }, (_, i) => Math.sin(i) * 2),
  [2],
);

/** A model over pairs of numbers with latent z ~ prior and guide q. */
const inference = (
  prior: () => Distribution,
  guide: () => Distribution,
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
        yield* plate('data', x.shape[0] ?? 0, sample(nameOf('z'), guided(guide, shift, scale)));
      }),
    objective,
    optimizer,
  });

// A name that types do not see lets one table hold every family.
const nameOf = (name: string): string => name;

const guided = (guide: () => Distribution, shift: Tensor, scale: Tensor): Distribution => {
  const d = guide();
  return d.family.tag === 'Normal' ? normal(shift, scale) : d;
};

const compare = async (made: ReturnType<typeof inference>, steps = 3): Promise<void> => {
  const x = data.batch(new Int32Array([0, 1, 2, 3]), key(0));
  const first = made.init(key(4), x);
  const compiled = right(await compiledStepper(made, first, x));
  const eager = eagerStepper(made, first);
  for (let i = 0; i < steps; i += 1) {
    const [a, b] = [right(await compiled.advance(x)), right(await eager.advance(x))];
    expect(Math.abs(a - b) / Math.abs(b)).toBeLessThan(1e-4);
  }
  const [a, b] = [compiled.state(), eager.state()];
  for (const [name, value] of Object.entries(b.params)) {
    expect(gap(a.params[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(1e-3);
  }
  [a, b, first].forEach(freeState);
  await compiled.close();
  await eager.close();
  x.dispose();
};

const pair = (z: Tensor): Tensor => z;

const families: readonly (readonly [
  string,
  () => Distribution,
  () => Distribution,
  ((z: Tensor) => Tensor)?,
])[] = [
  ['normal', () => normal(0, 1), () => normal(0, 1)],
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
  ['mask', () => mask(normal(0, 1), 1), () => normal(0, 1)],
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

  it.each(Object.entries(optimizers))('%s', async (_, optimizer) => {
    await compare(
      inference(
        () => normal(0, 1),
        () => normal(0, 1),
        elbo(),
        optimizer(),
      ),
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
  const made = inference(
    () => normal(0, 1),
    () => normal(0, 1),
    elbo(),
    adam(0.01),
  );
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

describe('exportOnnx', () => {
  const folder = mkdtempSync(join(tmpdir(), 'marginalia-onnx-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('writes a file that another program runs to the same numbers', async () => {
    const path = join(folder, 'decoder.onnx');
    const w = initializers.glorotUniform([3, 5]).push(
      tf.tensor2d(
        Array.from({ length: 15 }, (_, i) => i / 15),
        [3, 5],
      ),
    );
    const decoder = ({ z = tf.scalar(0) }: Readonly<Record<string, Tensor>>) => ({
      image: tf.sigmoid(tf.matMul(z, w)),
    });
    const z = wave([2, 3]);
    right(await exportOnnx(decoder, { z }, path)());
    const script = join(folder, 'serve.mjs');
    writeFileSync(
      script,
      `import ort from ${JSON.stringify(new URL('../node_modules/onnxruntime-node/dist/index.js', import.meta.url).pathname)};
       const session = await ort.InferenceSession.create(${JSON.stringify(path)});
       const z = new ort.Tensor('float32', Float32Array.from(${JSON.stringify(Array.from(z.dataSync()))}), [2, 3]);
       const { image } = await session.run({ z });
       console.log(JSON.stringify([session.inputNames, session.outputNames, image.dims, Array.from(image.data)]));`,
    );
    const printed: unknown = JSON.parse(
      execFileSync(process.execPath, [script], { encoding: 'utf8' }),
    );
    const expected = Array.from(decoder({ z }).image.dataSync(), (v) => expect.closeTo(v, 5));
    expect(printed).toEqual([['z'], ['image'], [2, 5], expected]);
    expect(foldIn(key(0), 'x')).toHaveLength(2);
  });
});

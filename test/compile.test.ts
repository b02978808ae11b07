/** Compiling: every kernel as it runs eagerly, steps of every kind, what cannot be compiled. */
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
  compile,
  condition,
  cosineDecay,
  countKernels,
  delta,
  elbo,
  expand,
  exportOnnx,
  fit,
  foldIn,
  graphOf,
  independent,
  initializers,
  key,
  linearAlgebra,
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
  softplus,
  svi,
  transformed,
  uniform,
  useBackend,
} from '../src/index.js';
import { compiledStepper } from '../src/inference/compiled-stepper.js';
import { eagerStepper, freeState } from '../src/inference/stepper.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(`expected a right, got ${JSON.stringify(e.left)}`);
  return e.right;
};

const wave = (shape: readonly number[], seed = 1): Tensor =>
  tf.tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) =>
      Math.sin(seed + i * 1.3),
    ),
    [...shape],
  );

type Operation = (x: Tensor, y: Tensor) => Tensor;

const positiveOf = (x: Tensor): Tensor => tf.add(tf.abs(x), 0.2);

/** Each with a gradient, unless it says that it has none. */
const smooth: Readonly<Record<string, Operation>> = {
  abs: (x) => tf.abs(x),
  add: (x, y) => tf.add(x, y),
  acos: (x) => tf.acos(tf.mul(x, 0.9)),
  acosh: (x) => tf.acosh(tf.add(positiveOf(x), 1)),
  addN: (x, y) => tf.addN([x, y, x]),
  asin: (x) => tf.asin(tf.mul(x, 0.9)),
  asinh: (x) => tf.asinh(x),
  atan: (x) => tf.atan(x),
  atanh: (x) => tf.atanh(tf.mul(x, 0.9)),
  broadcast: (x, y) => tf.mul(tf.slice(x, [0, 0], [1, 4]), y),
  clip: (x) => tf.clipByValue(x, -0.5, 0.6),
  concat: (x, y) => tf.concat([x, y], 1),
  cos: (x) => tf.cos(x),
  cosh: (x) => tf.cosh(x),
  cumsum: (x) => tf.cumsum(x, 1, true, true),
  div: (x, y) => tf.div(x, positiveOf(y)),
  elu: (x) => tf.elu(x),
  erf: (x) => tf.erf(x),
  exp: (x) => tf.exp(x),
  expandDims: (x) => tf.expandDims(x, 1),
  expm1: (x) => tf.expm1(tf.mul(x, 1e-4)),
  gather: (x) => tf.gather(x, tf.tensor1d([0, 2, 2], 'int32')),
  gatherColumns: (x) => tf.gather(x, tf.tensor1d([3, 0, 3], 'int32'), 1),
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  log: (x) => tf.log(positiveOf(x)),
  log1p: (x) => tf.log1p(tf.mul(positiveOf(x), 1e-4)),
  logSoftmax: (x) => tf.logSoftmax(x),
  logSumExp: (x) => tf.logSumExp(x, -1),
  matMul: (x, y) => tf.matMul(x, y, false, true),
  matMulBatched: (x, y) => linearAlgebra.matMul(tf.reshape(x, [2, 2, 3]), tf.reshape(y, [2, 3, 2])),
  matMulTransposed: (x, y) => tf.matMul(x, y, true, false),
  max: (x) => tf.max(x, 1),
  maximum: (x, y) => tf.maximum(x, y),
  mean: (x) => tf.mean(x, 0, true),
  min: (x) => tf.min(x, 0),
  minimum: (x, y) => tf.minimum(x, y),
  neg: (x) => tf.neg(x),
  pad: (x) =>
    tf.pad(x, [
      [1, 0],
      [0, 2],
    ]),
  pow: (x) => tf.pow(positiveOf(x), 2.5),
  reciprocal: (x) => tf.reciprocal(positiveOf(x)),
  relu: (x) => tf.relu(x),
  relu6: (x) => tf.relu6(tf.mul(x, 10)),
  reshape: (x) => tf.reshape(x, [4, 3]),
  reverse: (x) => tf.reverse(x, 1),
  rsqrt: (x) => tf.rsqrt(positiveOf(x)),
  selu: (x) => tf.selu(x),
  sigmoid: (x) => tf.sigmoid(x),
  sin: (x) => tf.sin(x),
  sinh: (x) => tf.sinh(x),
  slice: (x) => tf.slice(x, [1, 1], [2, 2]),
  softmax: (x) => tf.softmax(x),
  softplus: (x) => tf.softplus(x),
  softplusOurs: (x) => softplus(tf.mul(x, 40)),
  split: (x) => tf.add(...twoOf(tf.split(x, 2, 1))),
  sqrt: (x) => tf.sqrt(positiveOf(x)),
  square: (x) => tf.square(x),
  squaredDifference: (x, y) => tf.squaredDifference(x, y),
  stack: (x, y) => tf.stack([x, y], 1),
  sub: (x, y) => tf.sub(x, y),
  sum: (x) => tf.sum(x, [1]),
  tan: (x) => tf.tan(x),
  tanh: (x) => tf.tanh(x),
  tile: (x) => tf.tile(x, [2, 1]),
  transpose: (x) => tf.transpose(x),
  unstack: (x) => tf.add(...twoOf(tf.unstack(x, 0))),
};

const twoOf = (xs: readonly Tensor[]): readonly [Tensor, Tensor] => [
  xs[0] ?? tf.scalar(0),
  xs[1] ?? tf.scalar(0),
];

const stepped: Readonly<Record<string, Operation>> = {
  argMax: (x) => tf.argMax(x, 1).cast('float32'),
  argMin: (x) => tf.argMin(x, 0).cast('float32'),
  ceil: (x) => tf.ceil(tf.mul(x, 3)),
  comparisons: (x, y) =>
    tf.addN(
      [
        tf.greater(x, y),
        tf.greaterEqual(x, y),
        tf.less(x, y),
        tf.lessEqual(x, y),
        tf.equal(x, x),
        tf.notEqual(x, y),
      ].map((c, i) => tf.mul(c.cast('float32'), 2 ** i)),
    ),
  finite: (x) =>
    tf.addN(
      [tf.isFinite(tf.log(x)), tf.isNaN(tf.log(x)), tf.isInf(tf.div(x, 0))].map((c, i) =>
        tf.mul(c.cast('float32'), 2 ** i),
      ),
    ),
  floor: (x) => tf.floor(tf.mul(x, 3)),
  logic: (x, y) => {
    const [a, b] = [tf.greater(x, 0), tf.greater(y, 0)];
    return tf.addN(
      [tf.logicalAnd(a, b), tf.logicalOr(a, b), tf.logicalNot(a)].map((c, i) =>
        tf.mul(c.cast('float32'), 2 ** i),
      ),
    );
  },
  oneHot: (x) => tf.oneHot(tf.argMax(x, 1), 5).cast('float32'),
  prod: (x) => tf.prod(x, 1),
  round: (x) => tf.round(tf.mul(x, 3)),
  sign: (x) => tf.sign(x),
  step: (x) => tf.step(x),
  where: (x, y) => tf.where(tf.greater(x, 0), x, y),
};

const gap = (a: Tensor, b: Tensor): number => {
  const [x, y] = [a.dataSync(), b.dataSync()];
  expect(a.shape).toEqual(b.shape);
  const scale = Math.max(1e-3, ...Array.from(y, Math.abs));
  return (
    Math.max(
      0,
      ...Array.from(x, (v, i) => (Object.is(v, y[i]) ? 0 : Math.abs(v - (y[i] ?? Number.NaN)))),
    ) / scale
  );
};

const agrees = async (
  f: (x: Tensor, y: Tensor) => Readonly<Record<string, Tensor>>,
): Promise<void> => {
  const inputs = { x: wave([3, 4], 1), y: wave([3, 4], 2) };
  const compiled = right(
    await compile(({ x = tf.scalar(0), y = tf.scalar(0) }) => f(x, y), inputs)(),
  );
  const eager = f(inputs.x, inputs.y);
  const found = await compiled.run(inputs);
  for (const [name, value] of Object.entries(eager)) {
    expect(gap(found[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(2e-5);
  }
  await compiled.close();
};

describe('a compiled function equals the eager one', () => {
  it.each(Object.entries(smooth))('%s, with its gradient', async (_, f) => {
    await agrees((x, y) => ({
      value: f(x, y),
      gradient: tf.grad((v: Tensor) => tf.sum(tf.mul(f(v, y), wave([1], 3))))(x),
    }));
  });

  it.each(Object.entries(stepped))('%s', async (_, f) => {
    await agrees((x, y) => ({ value: f(x, y) }));
  });
});

describe('the graph', () => {
  it('loses what no output needs, what stands twice and what is constant', () => {
    const graph = right(
      graphOf(
        ({ x = tf.scalar(0) }) => {
          tf.exp(x);
          const twice = tf.add(tf.sin(x), tf.sin(x));
          return { y: tf.mul(twice, tf.add(tf.ones([3]), tf.zeros([3]))) };
        },
        { x: wave([3]) },
      ),
    );
    expect(countKernels(graph)).toEqual({ Sin: 1, Add: 1 });
  });

  it('is refused with the reason where a value is read or random numbers are drawn', async () => {
    const reads = await compile(
      ({ x = tf.scalar(0) }) => ({ y: tf.add(x, x.dataSync()[0] ?? 0) }),
      { x: wave([2]) },
    )();
    expect(reads).toMatchObject(
      E.left({ tag: 'notTraceable', reason: expect.stringMatching(/dataSync.*run eagerly/) }),
    );
    const unknown = await compile(({ x = tf.scalar(0) }) => ({ y: tf.topk(x, 1).values }), {
      x: wave([2]),
    })();
    expect(unknown).toEqual(E.left({ tag: 'unsupportedKernel', kernel: 'TopK' }));
    expect(tf.getBackend()).toBe('cpu');
  });
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
    const [a, b] = [await compiled.advance(x), await eager.advance(x)];
    expect(Math.abs(a.loss - b.loss) / Math.abs(b.loss)).toBeLessThan(1e-4);
  }
  const [a, b] = [compiled.state(), eager.state()];
  for (const [name, value] of Object.entries(b.params)) {
    expect(gap(a.params[name] ?? tf.scalar(Number.NaN), value)).toBeLessThan(1e-3);
  }
  [a, b, first].forEach(freeState);
  compiled.close();
  eager.close();
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
    const own = svi({
      model: (x: Tensor) =>
        condition(
          program(function* () {
            const loc = yield* param('loc', 0);
            const own = independent(normal(tf.add(loc, tf.randomNormal([2])), 1));
            yield* plate('data', x.shape[0] ?? 0, sample('x', own));
          }),
          { x },
        ),
      guide: (_: Tensor) => program(function* () {}),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const notes: string[] = [];
    const options = {
      svi: own,
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

/** Compiling: every kernel as it runs eagerly, steps of every kind, what cannot be compiled. */

import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { compile, countKernels, graphOf } from 'marginalia/compile';
import { linearAlgebra, softplus } from 'marginalia/tensors';

import { onnxBytes } from '../../src/compile/onnx/write.js';
import { type Results, agrees, compiledBy, gap, wave, ways } from './compiled-values.js';
import { right } from '../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

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
  reverseAll: (x) => tf.add(tf.reverse(x), x),
  reverseLast: (x) => tf.add(tf.reverse(x, -1), x),
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
  topk: (x) => tf.concat([tf.topk(x, 2).values, tf.topk(x, 2).indices.cast('float32')], 1),
  where: (x, y) => tf.where(tf.greater(x, 0), x, y),
};

const agree = async (f: (x: Tensor, y: Tensor) => Results): Promise<void> =>
  agrees(([x = tf.scalar(0), y = tf.scalar(0)]) => f(x, y), [wave([3, 4], 1), wave([3, 4], 2)]);

describe('a compiled function equals the eager one', () => {
  it.each(Object.entries(smooth))('%s, with its gradient', async (_, f) => {
    await agree((x, y) => ({
      value: f(x, y),
      gradient: tf.grad((v: Tensor) => tf.sum(tf.mul(f(v, y), wave([1], 3))))(x),
    }));
  });

  it.each(Object.entries(stepped))('%s', async (_, f) => {
    await agree((x, y) => ({ value: f(x, y) }));
  });
});

describe('at the edges a compiled function equals the eager one', () => {
  const edges = tf.tensor1d([Number.NaN, Infinity, -Infinity, 0, 2]);
  it.each<[string, (x: Tensor) => Tensor]>([
    ['step', (x) => tf.step(x)],
    ['sign', (x) => tf.sign(x)],
    ['log1p', (x) => tf.log1p(tf.abs(x))],
    ['expm1', (x) => tf.expm1(x)],
    ['relu', (x) => tf.relu(x)],
    ['exp', (x) => tf.exp(x)],
    ['maximum', (x) => tf.maximum(x, 1)],
    ['mean of int32', () => tf.mean(tf.range(0, 4, 1, 'int32'))],
    ['one-hot of int32', () => tf.oneHot(tf.range(0, 3, 1, 'int32'), 3)],
    ['int32 beyond float32', () => tf.add(tf.scalar(16777217, 'int32'), tf.scalar(0, 'int32'))],
  ])('%s', async (_, f) => {
    for (const way of ways) {
      const { y } = await compiledBy(way, ({ x = tf.scalar(0) }) => ({ y: f(x), used: x }), {
        x: edges,
      });
      expect(Array.from(y?.dataSync() ?? []), way).toEqual(Array.from(f(edges).dataSync()));
    }
  });

  it('keeps apart what differs in an infinity only', async () => {
    const padded = (x: Tensor, by: number): Tensor => tf.pad(x, [[1, 0]], by);
    const made = right(
      await compile(
        ({ x = tf.scalar(0) }) => ({ a: padded(x, Infinity), b: padded(x, -Infinity) }),
        { x: wave([1]) },
      )(),
    );
    const { a, b } = await made.run({ x: wave([1]) });
    expect([a?.dataSync()[0], b?.dataSync()[0]]).toEqual([Infinity, -Infinity]);
  });

  it('has any names that its user likes', async () => {
    const made = right(
      await compile(
        ({ t1 = tf.scalar(0), t2 = tf.scalar(0) }) => ({ t3: tf.add(t1, t2), t1: t2 }),
        {
          t1: wave([2]),
          t2: wave([2], 5),
        },
      )(),
    );
    const { t1, t3 } = await made.run({ t1: wave([2]), t2: wave([2], 5) });
    expect(gap(t1 ?? tf.scalar(0), wave([2], 5))).toBe(0);
    expect(gap(t3 ?? tf.scalar(0), tf.add(wave([2]), wave([2], 5)))).toBe(0);
  });
});

describe('inputs', () => {
  it('may be tensors that were cast, whose numbers still lie in another array', async () => {
    const x = tf.cast(tf.greater(wave([4]), 0), 'float32');
    const made = right(await compile(({ x: v = tf.scalar(0) }) => ({ y: tf.mul(v, 2) }), { x })());
    const { y } = await made.run({ x });
    expect(gap(y ?? tf.scalar(Number.NaN), tf.mul(x, 2))).toBe(0);
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

  it('has a large constant once, however many operations take it', () => {
    const large = wave([50, 20]);
    const bytes = (f: (x: Tensor) => Tensor): number => {
      const graph = right(graphOf(({ x = tf.scalar(0) }) => ({ y: f(x) }), { x: wave([1, 20]) }));
      return right(onnxBytes(graph)).length;
    };
    const once = bytes((x) => tf.sub(x, large));
    const twice = bytes((x) => tf.div(tf.sub(x, large), large));
    expect(once).toBeGreaterThan(4000);
    expect(twice - once).toBeLessThan(400);
  });

  it('is refused with the reason where a value is read or random numbers are drawn', async () => {
    const reads = await compile(
      ({ x = tf.scalar(0) }) => ({ y: tf.add(x, x.dataSync()[0] ?? 0) }),
      { x: wave([2]) },
    )();
    expect(reads).toMatchObject(
      E.left({ _tag: 'notRecordable', reason: expect.stringMatching(/dataSync.*blackBox/) }),
    );
    const draws = await compile(
      ({ x = tf.scalar(0) }) => ({
        y: tf.add(x, tf.multinomial(tf.tensor1d([0, 1]), 2).cast('float32')),
      }),
      { x: wave([2]) },
    )();
    const noisy = await compile(
      ({ x = tf.scalar(0) }) => ({ y: tf.add(x, tf.randomNormal([2])) }),
      { x: wave([2]) },
    )();
    expect(noisy).toMatchObject(
      E.left({ reason: expect.stringMatching(/random numbers of its own.*as an input/) }),
    );
    expect(draws).toMatchObject(
      E.left({ reason: expect.stringMatching(/Multinomial draws random/) }),
    );
    expect(tf.getBackend()).toBe('cpu');
  });

  it('is refused with the kernel that has no translation', async () => {
    const erode = (x: Tensor): Tensor =>
      tf.dilation2d(x.as3D(2, 2, 1), tf.ones([1, 1, 1]), 1, 'same');
    const refused = await compile(({ x = tf.scalar(0) }) => ({ y: erode(x) }), {
      x: wave([4]),
    })();
    expect(refused).toEqual(E.left({ _tag: 'unsupportedKernel', kernel: 'Dilation2D' }));
  });

  it('is refused where a shape depends on values, or numbers are complex', async () => {
    const refusal = async (f: (x: Tensor) => Tensor): Promise<unknown> =>
      compile(({ x = tf.scalar(0) }) => ({ y: f(x) }), { x: wave([4]) })();
    expect(await refusal((x) => tf.unique(x).values)).toMatchObject(
      E.left({
        _tag: 'notRecordable',
        reason: expect.stringMatching(/^Unique .* make it beforehand/),
      }),
    );
    expect(await refusal((x) => tf.real(tf.fft(tf.complex(x, x))))).toMatchObject(
      E.left({ _tag: 'notRecordable', reason: expect.stringMatching(/complex64/) }),
    );
  });
});

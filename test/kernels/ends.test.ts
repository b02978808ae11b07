/** That elementwise kernels are the same by every executor where numbers end: 0, ±∞, NaN, the large and the small. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import type { Tensor } from 'marginalia';
import { optimise } from '../../src/compile/passes/optimise.js';
import { recordGraph } from '../../src/compile/recording/recorder.js';
import { kernels } from '../../src/kernels/index.js';
import { byBackend, byExecutor, inDouble } from './laws/evaluate.js';
import { type Way, ways } from './laws/executors-law.js';
import { startBackends } from './laws/law.js';

beforeAll(startBackends);

const ends = [0, -0, Infinity, -Infinity, Number.NaN, 1e-30, -1e-30, 1e20, -1e20].map(Math.fround);
const numbers = [...ends, 0.5, -0.5, 1.5, -1.5, 2.5, 88, -88, 200, 3e9];

const ofOne: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  Abs: tf.abs,
  Acos: tf.acos,
  Acosh: tf.acosh,
  Asin: tf.asin,
  Asinh: tf.asinh,
  Atan: tf.atan,
  Atanh: tf.atanh,
  Cast: (x) => tf.cast(x, 'int32'),
  Ceil: tf.ceil,
  ClipByValue: (x) => tf.clipByValue(x, -1, 0.75),
  Cos: tf.cos,
  Cosh: tf.cosh,
  Elu: tf.elu,
  Erf: tf.erf,
  Exp: tf.exp,
  Expm1: tf.expm1,
  Floor: tf.floor,
  IsFinite: tf.isFinite,
  IsInf: tf.isInf,
  IsNan: tf.isNaN,
  LeakyRelu: (x) => tf.leakyRelu(x, 0.3),
  Log: tf.log,
  Log1p: tf.log1p,
  Neg: tf.neg,
  OnesLike: tf.onesLike,
  Reciprocal: tf.reciprocal,
  Relu: tf.relu,
  Relu6: tf.relu6,
  Round: tf.round,
  Rsqrt: tf.rsqrt,
  Selu: tf.selu,
  Sigmoid: tf.sigmoid,
  Sign: tf.sign,
  Sin: tf.sin,
  Sinh: tf.sinh,
  Softplus: tf.softplus,
  Sqrt: tf.sqrt,
  Square: tf.square,
  Step: (x) => tf.step(x, 0.3),
  Tan: tf.tan,
  Tanh: tf.tanh,
  ZerosLike: tf.zerosLike,
};

const ofTwo: Readonly<Record<string, (a: Tensor, b: Tensor) => Tensor>> = {
  Add: tf.add,
  Atan2: tf.atan2,
  Equal: tf.equal,
  Greater: tf.greater,
  GreaterEqual: tf.greaterEqual,
  Less: tf.less,
  LessEqual: tf.lessEqual,
  Maximum: tf.maximum,
  Minimum: tf.minimum,
  Mod: tf.mod,
  Multiply: tf.mul,
  NotEqual: tf.notEqual,
  Pow: tf.pow,
  Prelu: tf.prelu,
  RealDiv: tf.div,
  SquaredDifference: tf.squaredDifference,
  Sub: tf.sub,
};

/** No functions of real numbers, or none whose ends are theirs: ∞ is no whole number. */
const OTHERS = [
  'AddN',
  'BitwiseAnd',
  'EluGrad',
  'FloorDiv',
  'Identity',
  'LogicalAnd',
  'LogicalNot',
  'LogicalOr',
  'Select',
];

/** The least normal float32: below it some executors have 0. */
const LEAST = 2 ** -126;

const isSame = (found: number, exact: number): boolean => {
  const expected = Math.fround(exact);
  const small = Math.abs(found) < LEAST && Math.abs(expected) < LEAST;
  return (
    found === expected ||
    Object.is(found, expected) ||
    small ||
    Math.abs(found - expected) <= 1e-5 * Math.abs(expected)
  );
};

/** By the wasm backend the remainder of what is beyond float32's whole numbers is another. */
const isExcused = (kernel: string, way: Way, at: readonly number[]): boolean =>
  kernel === 'Mod' && way === 'wasm' && at.some((x) => Math.abs(x) > 2 ** 24);

const agree = async (
  kernel: string,
  f: (inputs: readonly Tensor[]) => Tensor,
  points: readonly (readonly number[])[],
): Promise<void> => {
  const names = points[0]?.map((_, i) => `x${i}`) ?? [];
  const inputs = Object.fromEntries(
    names.map((name, i) => [name, points.map((at) => at[i] ?? Number.NaN)]),
  );
  const graph = optimise(
    recordGraph(
      Object.fromEntries(names.map((name) => [name, { shape: [points.length], dtype: 'float32' }])),
      (all) => ({ y: f(Object.values(all)) }),
    ),
  );
  const exact = inDouble(graph)?.(inputs)['y'] ?? [];
  expect(exact).toHaveLength(points.length);
  for (const way of ways) {
    const found =
      way === 'cpu' || way === 'wasm'
        ? byBackend(way, graph)(inputs)
        : await byExecutor(way, graph, inputs);
    const wrong = points.flatMap((at, i) => {
      const [x, y] = [found?.['y']?.[i] ?? Number.NaN, exact[i] ?? Number.NaN];
      return isSame(x, y) || isExcused(kernel, way, at)
        ? []
        : [`at ${at.join(', ')}: ${x}, not ${y}`];
    });
    expect(wrong, `${kernel} by ${way}`).toEqual([]);
  }
};

const zero = tf.scalar(0);

it.each(Object.entries(ofOne))('%s', (kernel, f) =>
  agree(
    kernel,
    ([x = zero]) => f(x),
    numbers.map((x) => [x]),
  ),
);

it.each(Object.entries(ofTwo))('%s', (kernel, f) =>
  agree(
    kernel,
    ([a = zero, b = zero]) => f(a, b),
    numbers.flatMap((a) => numbers.map((b) => [a, b])),
  ),
);

it('leaves no elementwise kernel out', () => {
  const all = [...kernels.values()].filter(({ scalar }) => scalar !== undefined);
  expect([...Object.keys(ofOne), ...Object.keys(ofTwo), ...OTHERS].toSorted()).toEqual(
    all.map(({ name }) => name).toSorted(),
  );
});

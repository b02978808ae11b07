/** Compiling what networks are made of: each operation, with its gradients, as it is eagerly. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import {
  type Operation,
  agrees,
  as3D,
  as4D,
  as5D,
  compiledResults,
  wave,
  withGradients,
} from './compiled-values.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** An operation, and the shapes of what it is given. */
type Case = readonly [Operation, ...(readonly number[])[]];

const wavesOf = (shapes: readonly (readonly number[])[]): readonly Tensor[] =>
  shapes.map((shape, i) => wave(shape, i + 1));

const image = [2, 5, 6, 3];
const ints = (values: number[], shape: number[] = [values.length]): Tensor =>
  tf.tensor(values, shape, 'int32');

const ACTIVATIONS = ['linear', 'relu', 'elu', 'relu6', 'sigmoid', 'leakyrelu', 'prelu'] as const;
/** So much around height and width. */
const SOME = [
  [0, 1],
  [1, 0],
];
const SEGMENTS = ints([2, 0, -1, 2]).as1D();

const smooth: Readonly<Record<string, Case>> = {
  atan2: [(y, x) => tf.atan2(y, x), [4, 5], [4, 5]],
  avgPool: [(x) => tf.avgPool(as4D(x), 2, 2, 'valid'), image],
  avgPool3d: [(x) => tf.avgPool3d(as5D(x), 2, 1, 'valid'), [1, 3, 4, 3, 2]],
  batchNorm: [
    (x, m, v, o, s) => tf.batchNorm(x, m, tf.square(v), o, s, 0.1),
    image,
    [3],
    [3],
    [3],
    [3],
  ],
  batchToSpace: [(x) => tf.batchToSpaceND(x, [2, 2], SOME), [8, 2, 3, 2]],
  broadcastTo: [(x) => tf.broadcastTo(x, [3, 4, 2]), [4, 1]],
  conv1d: [(x, w) => tf.conv1d(as3D(x), as3D(w), 2, 'same'), [2, 9, 3], [3, 3, 4]],
  conv2dTranspose: [
    (x, w) => tf.conv2dTranspose(as4D(x), as4D(w), [2, 9, 12, 4], 2, 'same'),
    image,
    [3, 4, 4, 3],
  ],
  conv3d: [(x, w) => tf.conv3d(as5D(x), as5D(w), 2, 'same'), [1, 3, 5, 4, 2], [3, 2, 3, 2, 3]],
  'fused conv2d': [
    (x, filter, bias) =>
      tf.fused.conv2d({ x: as4D(x), filter: as4D(filter), strides: 1, pad: 'same', bias }),
    image,
    [3, 3, 3, 4],
    [4],
  ],
  'fused conv2d, activated': [
    (x, filter, bias) =>
      tf.fused.conv2d({
        x: as4D(x),
        filter: as4D(filter),
        strides: 1,
        pad: 'same',
        bias,
        activation: 'elu',
      }),
    image,
    [3, 3, 3, 4],
    [4],
  ],
  'fused depthwiseConv2d': [
    (x, filter) =>
      tf.fused.depthwiseConv2d({
        x: as4D(x),
        filter: as4D(filter),
        strides: 1,
        pad: 'valid',
        activation: 'relu6',
      }),
    image,
    [3, 3, 3, 2],
  ],
  'fused matMul': [
    (a, b, bias, slope) =>
      tf.addN(
        ACTIVATIONS.map((activation) =>
          tf.fused.matMul({ a, b, bias, activation, preluActivationWeights: slope }),
        ),
      ),
    [3, 4],
    [4, 5],
    [5],
    [5],
  ],
  'gather in batches': [(x) => tf.gather(x, ints([2, 0, 1, 1, 0, 3], [2, 3]), 1, 1), [2, 4, 3]],
  'global average': [(x) => tf.mean(x, [1, 2]), image],
  'global maximum': [(x) => tf.max(x, [1, 2]), image],
  logSigmoid: [(x) => tf.logSigmoid(x), [3, 4]],
  mod: [(x, y) => tf.mod(x, y), [4, 5], [5]],
  moments: [(x) => tf.sqrt(tf.moments(x, [0, 1]).variance), [4, 3, 2]],
  norm: [(x) => tf.norm(x, 2, 1), [4, 5]],
  'norm, sum of sizes': [(x) => tf.norm(x, 1), [4, 5]],
  'pool with dilation': [(x) => tf.pool(as4D(x), 2, 'max', 'same', 2, 1), image],
  pow: [(x, y) => tf.pow(tf.abs(x), y), [4, 5], [5]],
  prelu: [(x, a) => tf.prelu(x, a), image, [3]],
  prod: [(x) => tf.prod(x, 1), [3, 4]],
  'prod of all': [(x) => tf.prod(x), [3, 2]],
  resizeBilinear: [(x) => tf.image.resizeBilinear(as4D(x), [7, 7], true), [2, 4, 4, 2]],
  resizeNearest: [(x) => tf.image.resizeNearestNeighbor(as4D(x), [8, 7]), [1, 5, 6, 3]],
  separableConv2d: [
    (x, d, p) => tf.separableConv2d(as4D(x), as4D(d), as4D(p), 1, 'valid'),
    image,
    [3, 3, 3, 2],
    [1, 1, 6, 4],
  ],
  sigmoidCrossEntropy: [(x, y) => tf.losses.sigmoidCrossEntropy(tf.sigmoid(y), x), [4, 3], [4, 3]],
  spaceToBatch: [(x) => tf.spaceToBatchND(x, [2, 3], SOME), [2, 5, 5, 3]],
  unsortedSegmentSum: [(x) => tf.unsortedSegmentSum(x, SEGMENTS, 3), [4, 3]],
  where: [(x, y) => tf.where(tf.greater(wave([4, 5], 7), 0), x, y), [4, 5], [4, 5]],
};

/** TensorFlow.js has no gradients of these. */
const plain: Readonly<Record<string, Case>> = {
  all: [(x) => tf.all(tf.greater(x, -0.9), 1), [4, 5]],
  any: [(x) => tf.any(tf.greater(x, 0.9), 1, true), [4, 5]],
  'batchNorm without scale and offset': [
    (x, m, v) => tf.batchNorm(x, m, tf.square(v)),
    [4, 3],
    [3],
    [3],
  ],
  conv3dTranspose: [
    (x, w) => tf.conv3dTranspose(as5D(x), as5D(w), [1, 5, 4, 6, 2], 2, 'same'),
    [1, 3, 2, 3, 3],
    [3, 2, 3, 2, 3],
  ],
  depthToSpace: [(x) => tf.depthToSpace(as4D(x), 2), [2, 2, 3, 8]],
  einsum: [(x, y) => tf.einsum('bij, bjk -> bik', x, y), [2, 3, 4], [2, 4, 5]],
  'einsum of one': [(x) => tf.einsum('ijk->kj', x), [2, 3, 4]],
  flipLeftRight: [(x) => tf.image.flipLeftRight(as4D(x)), image],
  gatherND: [(x) => tf.gatherND(x, ints([1, 0, 2, 3], [2, 2])), [3, 4, 2]],
  linspace: [(x) => tf.add(x, tf.linspace(0, 1, 5)), [5]],
  maxPool3d: [(x) => tf.maxPool3d(as5D(x), 2, 2, 'same'), [1, 3, 4, 3, 2]],
  'resizeBilinear of centres': [
    (x) => tf.image.resizeBilinear(as4D(x), [3, 9], false, true),
    image,
  ],
  'resizeNearest of centres': [
    (x) => tf.image.resizeNearestNeighbor(as4D(x), [3, 9], false, true),
    image,
  ],
  'resizeNearest of corners': [(x) => tf.image.resizeNearestNeighbor(as4D(x), [3, 9], true), image],
  scatterND: [(x) => tf.scatterND(ints([2, 0, 2], [3, 1]), x, [4, 3]), [3, 3]],
  sparseToDense: [(x) => tf.sparseToDense(ints([2, 0]), x.as1D(), [4], 0.5), [2]],
  tensorScatterUpdate: [
    (x, y) => tf.tensorScatterUpdate(x, ints([2, 0], [2, 1]), y),
    [4, 3],
    [2, 3],
  ],
  topk: [(x) => tf.topk(tf.round(tf.mul(x, 2)), 4).indices, [3, 6]],
};

describe('an operation of a network equals the eager one', () => {
  it.each(Object.entries(smooth))('%s, with its gradients', async (_, [f, ...shapes]) => {
    const inputs = wavesOf(shapes);
    await agrees(withGradients(f), [wave(f(...inputs).shape, 9), ...inputs]);
  });

  it.each(Object.entries(plain))('%s', async (_, [f, ...shapes]) => {
    await agrees((xs) => ({ value: f(...xs) }), wavesOf(shapes));
  });
});

/** Compiles all at once, and lists where a result is another number, type or shape than eagerly. */
const differences = async (
  operations: Readonly<Record<string, Operation>>,
  xs: readonly Tensor[],
): Promise<readonly string[]> => {
  const f = (inputs: readonly Tensor[]) =>
    Object.fromEntries(Object.entries(operations).map(([name, op]) => [name, op(...inputs)]));
  const found = await compiledResults(f, xs);
  return Object.entries(f(xs)).flatMap(([name, wanted]) => {
    const made = found[name];
    const kind = `${made?.dtype}[${made?.shape}]`;
    if (kind !== `${wanted.dtype}[${wanted.shape}]`) return [`${name}: ${kind}`];
    const values = made?.dataSync() ?? [];
    return Array.from(wanted.dataSync()).flatMap((w, i) => {
      const v = values[i] ?? Number.NaN;
      const close = Math.abs(v - w) <= 1e-6 + 1e-5 * Math.abs(w);
      const at = xs.map((x) => x.dataSync()[i]).join(', ');
      return close || Object.is(v, w) || v === w ? [] : [`${name}(${at}) = ${w}, but ${v}`];
    });
  });
};

/** Each number with each. */
const squared = (xs: Tensor): readonly Tensor[] => {
  const rows = tf.tile(tf.reshape(xs, [1, xs.size]), [xs.size, 1]);
  return [rows, tf.transpose(rows)];
};

describe('at the edges a compiled operation equals the eager one', () => {
  const real = tf.tensor1d([
    Number.NaN,
    Infinity,
    -Infinity,
    0,
    -0,
    2,
    -3,
    0.5,
    -1.5,
    1e-10,
    3e38,
    2147483648,
    -5e9,
  ]);
  const small = ints([0, 1, -1, 2, -3, 7, 46341, -46341, 16777217]);
  const large = ints([0, 1, -1, 2, -3, 7, 16777217, 2 ** 31 - 1, -(2 ** 31)]);
  const bool = tf.tensor1d([true, false, true], 'bool');

  const unary: Readonly<Record<string, Operation>> = {
    abs: (x) => tf.abs(x),
    acosh: (x) => tf.acosh(x),
    argMax: (x) => tf.argMax(x),
    argMin: (x) => tf.argMin(x),
    asinh: (x) => tf.asinh(x),
    atan: (x) => tf.atan(x),
    clip: (x) => tf.clipByValue(x, -1.5, 2.5),
    cumprod: (x) => tf.cumprod(x),
    cumsum: (x) => tf.cumsum(x),
    erf: (x) => tf.erf(tf.cast(x, 'float32')),
    exp: (x) => tf.exp(x),
    expm1: (x) => tf.expm1(x),
    isFinite: (x) => tf.isFinite(x),
    isInf: (x) => tf.isInf(x),
    isNaN: (x) => tf.isNaN(x),
    leakyRelu: (x) => tf.leakyRelu(x, 0.3),
    log1p: (x) => tf.log1p(x),
    max: (x) => tf.max(x),
    mean: (x) => tf.mean(x),
    min: (x) => tf.min(x),
    neg: (x) => tf.neg(x),
    pad: (x) => tf.pad(x, [[1, 1]], 3),
    prod: (x) => tf.prod(x),
    reciprocal: (x) => tf.reciprocal(x),
    relu: (x) => tf.relu(x),
    relu6: (x) => tf.relu6(x),
    reverse: (x) => tf.reverse(x),
    round: (x) => tf.round(x),
    selu: (x) => tf.selu(x),
    sign: (x) => tf.sign(x),
    sinh: (x) => tf.sinh(x),
    softplus: (x) => tf.softplus(x),
    square: (x) => tf.square(x),
    step: (x) => tf.step(x, 0.5),
    sum: (x) => tf.sum(x),
    toBool: (x) => tf.cast(x, 'bool'),
    toFloat: (x) => tf.cast(x, 'float32'),
    toInt: (x) => tf.cast(x, 'int32'),
    where: (x) => tf.where(tf.greater(x, 0), x, tf.zerosLike(x)),
  };
  const binary: Readonly<Record<string, Operation>> = {
    atan2: (a, b) => tf.atan2(a, b),
    div: (a, b) => tf.div(a, b),
    equal: (a, b) => tf.equal(a, b),
    floorDiv: (a, b) => tf.floorDiv(a, b),
    greater: (a, b) => tf.greater(a, b),
    greaterEqual: (a, b) => tf.greaterEqual(a, b),
    less: (a, b) => tf.less(a, b),
    lessEqual: (a, b) => tf.lessEqual(a, b),
    maximum: (a, b) => tf.maximum(a, b),
    minimum: (a, b) => tf.minimum(a, b),
    mod: (a, b) => tf.mod(a, b),
    notEqual: (a, b) => tf.notEqual(a, b),
    pow: (a, b) => tf.pow(a, b),
    prelu: (a, b) => tf.prelu(a, b),
    squaredDifference: (a, b) => tf.squaredDifference(a, b),
    sub: (a, b) => tf.sub(a, b),
  };
  const ofTruth: Readonly<Record<string, Operation>> = {
    all: (x) => tf.all(x),
    any: (x) => tf.any(x),
    argMax: (x) => tf.argMax(x),
    concat: (x) => tf.concat([x, tf.logicalNot(x)]),
    cumprod: (x) => tf.cumprod(x),
    cumsum: (x) => tf.cumsum(x),
    exp: (x) => tf.exp(x),
    gather: (x) => tf.gather(x, SEGMENTS.slice(1, 1)),
    greater: (x) => tf.greater(x, tf.logicalNot(x)),
    lessEqual: (x) => tf.lessEqual(x, tf.logicalNot(x)),
    logicalXor: (x) => tf.logicalXor(x, tf.logicalNot(x)),
    max: (x) => tf.max(x),
    maximum: (x) => tf.maximum(x, tf.logicalNot(x)),
    mean: (x) => tf.mean(x),
    min: (x) => tf.min(x),
    mul: (x) => tf.mul(x, tf.logicalNot(x)),
    pad: (x) => tf.pad(x, [[1, 1]]),
    prod: (x) => tf.prod(x),
    reverse: (x) => tf.reverse(x),
    sparseToDense: (x) => tf.sparseToDense(ints([3, 0, 1]), x.as1D(), [4], false),
    sum: (x) => tf.sum(x),
    tensorScatterUpdate: (x) => tf.tensorScatterUpdate(x, ints([1], [1, 1]), tf.ones([1], 'bool')),
    toFloat: (x) => tf.cast(x, 'float32'),
    toInt: (x) => tf.cast(x, 'int32'),
    where: (x) => tf.where(x, x, tf.logicalNot(x)),
    whereInt: (x) => tf.where(x, tf.scalar(1, 'int32'), tf.scalar(2, 'int32')),
  };

  it('of real numbers', async () => {
    expect(await differences(unary, [real])).toEqual([]);
    expect(await differences(binary, squared(real))).toEqual([]);
  });

  it('of whole numbers', async () => {
    const mul: Operation = (a, b) => tf.mul(a, b);
    expect(await differences(unary, [small])).toEqual([]);
    expect(await differences({ mul }, squared(small))).toEqual([]);
    const bitwiseAnd: Operation = (a, b) => tf.bitwiseAnd(a, b);
    expect(await differences({ ...binary, bitwiseAnd }, squared(large))).toEqual([]);
  });

  it('of truth values', async () => {
    expect(await differences(ofTruth, [bool])).toEqual([]);
  });
});

describe('a change of layout equals the eager one', () => {
  const bits = fc.nat(3);
  const layouts = fc.record({
    shape: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 3, maxLength: 3 }),
    axis: fc.nat(2),
    begin: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 }),
    end: fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 }),
    strides: fc.array(fc.constantFrom(-2, -1, 1, 2), { minLength: 3, maxLength: 3 }),
    masks: fc.tuple(bits, bits, bits),
    picked: fc.array(fc.nat(), { minLength: 64, maxLength: 64 }),
    shared: fc.nat(2),
    mode: fc.constantFrom<('reflect' | 'symmetric')[]>('reflect', 'symmetric'),
    flag: fc.boolean(),
  });

  it('whatever the axes, the masks and the padding', async () => {
    const check = async (c: typeof layouts extends fc.Arbitrary<infer A> ? A : never) => {
      const size = c.shape[c.axis] ?? 1;
      const shared = Math.min(c.shared, c.axis);
      const batch = c.shape.slice(0, shared);
      const count = batch.reduce((n, m) => n * m, 2);
      const indices = ints(
        c.picked.slice(0, count).map((n) => n % size),
        [...batch, 2],
      );
      const padding = c.shape.map((n, i): [number, number] => {
        const most = n - (c.mode === 'reflect' ? 1 : 0);
        return [Math.min(c.masks[i] ?? 0, most), Math.min(c.masks[2 - i] ?? 0, most)];
      });
      const operations: Readonly<Record<string, Operation>> = {
        cumprod: (x) => tf.cumprod(x, c.axis, c.flag, c.mode === 'reflect'),
        gather: (x) => tf.gather(x, indices, c.flag ? c.axis : c.axis - 3, shared),
        mirrorPad: (x) => tf.mirrorPad(x, padding, c.mode),
        split: (x) => tf.split(x, size, c.axis)[size - 1] ?? tf.scalar(0),
        stack: (x) => tf.stack([x, tf.neg(x)], c.axis),
        stridedSlice: (x) =>
          tf.stridedSlice(x, c.begin, c.end, c.strides, c.masks[0], c.masks[1], 0, c.masks[2]),
        unstack: (x) => tf.unstack(x, c.flag ? c.axis : c.axis - 3)[size - 1] ?? tf.scalar(0),
      };
      await agrees(
        ([x = tf.scalar(0)]) =>
          Object.fromEntries(Object.entries(operations).map(([name, f]) => [name, f(x)])),
        [wave(c.shape)],
      );
    };
    await fc.assert(fc.asyncProperty(layouts, check), { numRuns: 60, seed: 3 });
  });
});

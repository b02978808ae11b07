/** TensorFlow.js kernels in ONNX operators, in forms that are fast and keep their accuracy. */
import type { OnnxAttribute } from './model.js';
import { axesOf, numbers } from '../shapes.js';
import type { Builder, Translation } from './builder.js';

const unary =
  (op: string): Translation =>
  ({ b, all }) =>
    b.op(op, all);

const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

const int = (value: boolean | number): OnnxAttribute => ({ int: Number(value) });

/** log(1 + x) by Kahan's correction: log(u) x / (u − 1) with u = 1 + x, and x where u is 1 or ∞. */
const log1p = (b: Builder, x: string): string => {
  const one = b.scalar(1);
  const u = b.op('Add', [x, one]);
  const asItIs = b.op('Or', [b.op('Equal', [u, one]), b.op('IsInf', [u])]);
  const corrected = b.op('Mul', [b.op('Log', [u]), b.op('Div', [x, b.op('Sub', [u, one])])]);
  return b.op('Where', [asItIs, x, corrected]);
};

/** eˣ − 1 = tanh(x / 2) (eˣ + 1), without cancellation. */
const expm1 = (b: Builder, x: string): string =>
  b.op('Mul', [
    b.op('Tanh', [b.op('Mul', [x, b.scalar(0.5)])]),
    b.op('Add', [b.op('Exp', [x]), b.scalar(1)]),
  ]);

const reduce =
  (op: string): Translation =>
  ({ b, at, value, attributes, out }) => {
    const { shape } = value('x');
    const axes = axesOf(attributes['axis'] ?? attributes['reductionIndices'], shape);
    const keepdims = int(attributes['keepDims'] === true);
    if (axes.length === 0) return b.op('Identity', [at('x')]);
    const [rows = 1] = shape;
    if (op === 'ReduceSum' && shape.length === 2 && axes.join() === '0' && rows > 8) {
      // The runtime adds up columns by itself at half the speed of this product.
      const ones = b.constant(
        'float32',
        [1, rows],
        Array.from({ length: rows }, () => 1),
      );
      return b.op('Reshape', [b.op('Gemm', [ones, at('x')]), b.ints(out.shape)]);
    }
    return b.op(op, [at('x'), b.ints(axes)], { keepdims });
  };

const arg =
  (op: string): Translation =>
  ({ b, at, attributes }) =>
    b.op(
      'Cast',
      [b.op(op, [at('x')], { axis: int(number(attributes['axis'], 0)), keepdims: int(0) })],
      {
        to: int(6),
      },
    );

const reshape: Translation = ({ b, all, out }) =>
  b.op('Reshape', [all[0] ?? '', b.ints(out.shape)]);

const asBool = (b: Builder, x: string): string => b.op('Cast', [x], { to: int(9) });

const logical =
  (op: string): Translation =>
  ({ b, all }) =>
    b.op(
      op,
      all.map((x) => asBool(b, x)),
    );

const swapLast = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));

const matMul: Translation = ({ b, at, value, attributes }) => {
  const { transposeA, transposeB } = attributes;
  const [rankA, rankB] = [value('a').shape.length, value('b').shape.length];
  if (rankA === 2 && rankB === 2) {
    return b.op('Gemm', [at('a'), at('b')], {
      transA: int(transposeA === true),
      transB: int(transposeB === true),
    });
  }
  const flip = (x: string, rank: number, flag: unknown): string =>
    flag === true ? b.op('Transpose', [x], { perm: { ints: swapLast(rank) } }) : x;
  return b.op('MatMul', [flip(at('a'), rankA, transposeA), flip(at('b'), rankB, transposeB)]);
};

const casts: Readonly<Record<string, number>> = { float32: 1, int32: 6, bool: 9 };

/** Gradients of a gather: rows added where an index repeats. */
const segmentSum: Translation = ({ b, at, value, out }) => {
  const zeros = b.op('ConstantOfShape', [b.ints(out.shape)]);
  const rank = value('segmentIds').shape.length;
  const indices = b.op('Unsqueeze', [
    b.op('Cast', [at('segmentIds')], { to: int(7) }),
    b.ints([rank]),
  ]);
  return b.op('ScatterND', [zeros, indices, at('x')], { reduction: { text: 'add' } });
};

/** Parts along an axis, one after another; those of `Unpack` lose the axis. */
const parts =
  (
    axisOf: (attributes: Readonly<Record<string, unknown>>) => unknown,
    source: string,
  ): Translation =>
  ({ b, at, value, attributes, outs }) => {
    const rank = value(source).shape.length;
    const given = number(axisOf(attributes), 0);
    const axis = given < 0 ? given + rank : given;
    let from = 0;
    return outs.map(({ shape }) => {
      const keeps = shape.length === rank;
      const to = from + (keeps ? (shape[axis] ?? 1) : 1);
      const part = b.op('Slice', [at(source), b.ints([from]), b.ints([to]), b.ints([axis])]);
      from = to;
      return keeps ? part : b.op('Reshape', [part, b.ints(shape)]);
    });
  };

/** How each kernel is written; one that is missing cannot be compiled. */
export const translations: Readonly<Record<string, Translation>> = {
  Abs: unary('Abs'),
  Acos: unary('Acos'),
  Acosh: unary('Acosh'),
  Asin: unary('Asin'),
  Asinh: unary('Asinh'),
  Atan: unary('Atan'),
  Atanh: unary('Atanh'),
  Ceil: unary('Ceil'),
  Cos: unary('Cos'),
  Cosh: unary('Cosh'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  Floor: unary('Floor'),
  Identity: unary('Identity'),
  IsInf: unary('IsInf'),
  IsNan: unary('IsNaN'),
  Log: unary('Log'),
  Neg: unary('Neg'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Round: unary('Round'),
  Selu: unary('Selu'),
  Elu: unary('Elu'),
  Sigmoid: unary('Sigmoid'),
  Sin: unary('Sin'),
  Sinh: unary('Sinh'),
  Sqrt: unary('Sqrt'),
  Tan: unary('Tan'),
  Tanh: unary('Tanh'),
  Add: unary('Add'),
  Sub: unary('Sub'),
  Multiply: ({ b, all, out }) => b.op(out.dtype === 'bool' ? 'And' : 'Mul', all),
  RealDiv: unary('Div'),
  Pow: unary('Pow'),
  Maximum: unary('Max'),
  Minimum: unary('Min'),
  Equal: unary('Equal'),
  Greater: unary('Greater'),
  GreaterEqual: unary('GreaterOrEqual'),
  Less: unary('Less'),
  LessEqual: unary('LessOrEqual'),
  NotEqual: ({ b, all }) => b.op('Not', [b.op('Equal', all)]),
  LogicalAnd: logical('And'),
  LogicalOr: logical('Or'),
  LogicalNot: logical('Not'),
  IsFinite: ({ b, at }) =>
    b.op('Not', [b.op('Or', [b.op('IsInf', [at('x')]), b.op('IsNaN', [at('x')])])]),
  Expm1: ({ b, at }) => expm1(b, at('x')),
  Log1p: ({ b, at }) => log1p(b, at('x')),
  Rsqrt: ({ b, at }) => b.op('Reciprocal', [b.op('Sqrt', [at('x')])]),
  Sign: ({ b, at }) =>
    b.op('Where', [b.op('IsNaN', [at('x')]), b.scalar(0), b.op('Sign', [at('x')])]),
  Square: ({ b, at }) => b.op('Mul', [at('x'), at('x')]),
  SquaredDifference: ({ b, all }) => {
    const d = b.op('Sub', all);
    return b.op('Mul', [d, d]);
  },
  Softplus: ({ b, at }) =>
    b.op('Add', [
      b.op('Relu', [at('x')]),
      log1p(b, b.op('Exp', [b.op('Neg', [b.op('Abs', [at('x')])])])),
    ]),
  Step: ({ b, at, attributes }) => {
    const steps = b.op('Where', [
      b.op('Greater', [at('x'), b.scalar(0)]),
      b.scalar(1),
      b.scalar(number(attributes['alpha'], 0)),
    ]);
    // A rectifier's gradient must not hide a NaN.
    return b.op('Where', [b.op('IsNaN', [at('x')]), at('x'), steps]);
  },
  Relu6: ({ b, at }) => b.op('Clip', [at('x'), b.scalar(0), b.scalar(6)]),
  ClipByValue: ({ b, at, attributes }) =>
    b.op('Clip', [
      at('x'),
      b.scalar(number(attributes['clipValueMin'], -Infinity)),
      b.scalar(number(attributes['clipValueMax'], Infinity)),
    ]),
  LeakyRelu: ({ b, at, attributes }) =>
    b.op('LeakyRelu', [at('x')], { alpha: { float: number(attributes['alpha'], 0.2) } }),
  Prelu: ({ b, at }) => b.op('PRelu', [at('x'), at('alpha')]),
  EluGrad: ({ b, at }) =>
    b.op('Where', [
      b.op('GreaterOrEqual', [at('y'), b.scalar(0)]),
      at('dy'),
      b.op('Mul', [at('dy'), b.op('Add', [at('y'), b.scalar(1)])]),
    ]),
  AddN: ({ b, all }) => b.op('Sum', all),
  Select: ({ b, at }) => b.op('Where', [asBool(b, at('condition')), at('t'), at('e')]),
  Cast: ({ b, at, attributes }) =>
    b.op('Cast', [at('x')], { to: int(casts[String(attributes['dtype'])] ?? 1) }),
  Sum: reduce('ReduceSum'),
  Mean: (site) =>
    reduce('ReduceMean')({
      ...site,
      at: (name) => site.b.op('Cast', [site.at(name)], { to: int(1) }),
    }),
  Max: reduce('ReduceMax'),
  Min: reduce('ReduceMin'),
  Prod: reduce('ReduceProd'),
  ArgMax: arg('ArgMax'),
  ArgMin: arg('ArgMin'),
  Cumsum: ({ b, at, attributes }) =>
    b.op('CumSum', [at('x'), b.constant('int64', [], [number(attributes['axis'], 0)])], {
      exclusive: int(attributes['exclusive'] === true),
      reverse: int(attributes['reverse'] === true),
    }),
  Softmax: ({ b, at }) => b.op('Softmax', [at('logits')], { axis: int(-1) }),
  OneHot: ({ b, at, attributes, value, out }) => {
    const depth = number(attributes['depth'], 1);
    const classes = b.constant(
      'int32',
      [depth],
      Array.from({ length: depth }, (_, i) => i),
    );
    const hit = b.op('Equal', [
      b.op('Unsqueeze', [at('indices'), b.ints([value('indices').shape.length])]),
      classes,
    ]);
    const chosen = b.op('Where', [
      hit,
      b.scalar(number(attributes['onValue'], 1)),
      b.scalar(number(attributes['offValue'], 0)),
    ]);
    return b.op('Cast', [chosen], { to: int(casts[out.dtype] ?? 1) });
  },
  BatchMatMul: matMul,
  Reshape: reshape,
  ExpandDims: reshape,
  Transpose: ({ b, at, attributes }) =>
    b.op('Transpose', [at('x')], { perm: { ints: numbers(attributes['perm']) } }),
  Tile: ({ b, at, attributes }) => b.op('Tile', [at('x'), b.ints(numbers(attributes['reps']))]),
  Slice: ({ b, at, attributes, out }) => {
    const begin = numbers(attributes['begin']);
    return b.op('Slice', [
      at('x'),
      b.ints(begin),
      b.ints(begin.map((n, i) => n + (out.shape[i] ?? 0))),
    ]);
  },
  Concat: ({ b, all, attributes }) =>
    b.op('Concat', all, { axis: int(number(attributes['axis'], 0)) }),
  Pack: ({ b, all, attributes }) => {
    const axis = number(attributes['axis'], 0);
    return b.op(
      'Concat',
      all.map((x) => b.op('Unsqueeze', [x, b.ints([axis])])),
      { axis: int(axis) },
    );
  },
  PadV2: ({ b, at, attributes }) => {
    const pads = Array.isArray(attributes['paddings']) ? attributes['paddings'].map(numbers) : [];
    return b.op('Pad', [
      at('x'),
      b.ints([...pads.map((p) => p[0] ?? 0), ...pads.map((p) => p[1] ?? 0)]),
      b.scalar(number(attributes['constantValue'], 0)),
    ]);
  },
  Reverse: ({ b, at, value, attributes }) => {
    const { shape } = value('x');
    const axes = axesOf(attributes['dims'], shape);
    if (axes.length === 0) return b.op('Identity', [at('x')]);
    return b.op('Slice', [
      at('x'),
      b.ints(axes.map((a) => (shape[a] ?? 1) - 1)),
      b.ints(axes.map(() => -(2 ** 31))),
      b.ints(axes),
      b.ints(axes.map(() => -1)),
    ]);
  },
  GatherV2: ({ b, at, attributes }) =>
    number(attributes['batchDims'], 0) !== 0
      ? undefined
      : b.op('Gather', [at('x'), at('indices')], { axis: int(number(attributes['axis'], 0)) }),
  TopK: ({ b, at, attributes }) => {
    const k = b.ints([number(attributes['k'], 1)]);
    const [values = '', indices = ''] = b.opMany('TopK', [at('x'), k], {}, 2);
    return [values, b.op('Cast', [indices], { to: int(6) })];
  },
  SplitV: parts(({ axis }) => axis, 'x'),
  UnsortedSegmentSum: segmentSum,
  Unpack: parts(({ axis }) => axis, 'value'),
};

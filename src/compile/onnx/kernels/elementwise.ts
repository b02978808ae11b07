/** Functions of one number. */
import { numberOf } from '../../attributes.js';
import { type Builder, type Site, type Translation, int } from '../builder.js';
import { castKernel, inReals, withReals } from './cast.js';

/** An operator that takes what the kernel takes, and nothing else. */
export const same =
  (op: string) =>
  ({ b, all }: Site): string =>
    b.op(op, all);

const real = (op: string): Translation => inReals(same(op));

/** Whole numbers are their own rounding. */
const rounding =
  (op: string): Translation =>
  ({ b, at, out }) =>
    b.op(out.dtype === 'float32' ? op : 'Identity', [at('x')]);

/** log(1 + x) by Kahan's correction: log(u) x / (u − 1) with u = 1 + x, and x where u is 1 or +∞. */
const log1p = (b: Builder, x: string): string => {
  const one = b.scalar(1);
  const u = b.op('Add', [x, one]);
  const asItIs = b.op('Or', [
    b.op('Equal', [u, one]),
    b.op('IsInf', [u], { detect_negative: int(0) }),
  ]);
  const corrected = b.op('Mul', [b.op('Log', [u]), b.op('Div', [x, b.op('Sub', [u, one])])]);
  return b.op('Where', [asItIs, x, corrected]);
};

/** eˣ − 1 = tanh(x / 2) (eˣ + 1), without cancellation. */
export const expm1 = (b: Builder, x: string): string =>
  b.op('Mul', [
    b.op('Tanh', [b.op('Mul', [x, b.scalar(0.5)])]),
    b.op('Add', [b.op('Exp', [x]), b.scalar(1)]),
  ]);

const softplus = (b: Builder, x: string): string =>
  b.op('Add', [b.op('Relu', [x]), log1p(b, b.op('Exp', [b.op('Neg', [b.op('Abs', [x])])]))]);

const predicate =
  (test: (b: Builder, x: string) => string): Translation =>
  (site) =>
    test(site.b, withReals(site).at('x'));

const clip: Translation = ({ b, at, out, attributes }) => {
  const low = numberOf(attributes['clipValueMin'], -Infinity);
  const high = numberOf(attributes['clipValueMax'], Infinity);
  if (out.dtype === 'float32') return b.op('Clip', [at('x'), b.scalar(low), b.scalar(high)]);
  const bound = (n: number): string =>
    b.constant('int32', [], [Math.trunc(Math.min(Math.max(n, -(2 ** 31)), 2 ** 31 - 1))]);
  return b.op('Max', [b.op('Min', [at('x'), bound(high)]), bound(low)]);
};

export const elementwise: Readonly<Record<string, Translation>> = {
  Abs: same('Abs'),
  Acos: real('Acos'),
  Acosh: real('Acosh'),
  Asin: real('Asin'),
  Asinh: real('Asinh'),
  Atan: real('Atan'),
  Atanh: real('Atanh'),
  Cast: castKernel,
  Ceil: rounding('Ceil'),
  ClipByValue: clip,
  Cos: real('Cos'),
  Cosh: real('Cosh'),
  Erf: real('Erf'),
  Exp: real('Exp'),
  Expm1: inReals(({ b, at }) => expm1(b, at('x'))),
  Floor: rounding('Floor'),
  Identity: same('Identity'),
  IsFinite: predicate((b, x) =>
    b.op('Not', [b.op('Or', [b.op('IsInf', [x]), b.op('IsNaN', [x])])]),
  ),
  IsInf: predicate((b, x) => b.op('IsInf', [x])),
  IsNan: predicate((b, x) => b.op('IsNaN', [x])),
  Log: real('Log'),
  Log1p: inReals(({ b, at }) => log1p(b, at('x'))),
  Neg: same('Neg'),
  Reciprocal: real('Reciprocal'),
  Round: rounding('Round'),
  Rsqrt: inReals(({ b, at }) => b.op('Reciprocal', [b.op('Sqrt', [at('x')])])),
  Sign: inReals(({ b, at }) =>
    b.op('Where', [b.op('IsNaN', [at('x')]), b.scalar(0), b.op('Sign', [at('x')])]),
  ),
  Sin: real('Sin'),
  Sinh: real('Sinh'),
  Softplus: inReals(({ b, at }) => softplus(b, at('x'))),
  Sqrt: real('Sqrt'),
  Square: ({ b, at }) => b.op('Mul', [at('x'), at('x')]),
  Tan: real('Tan'),
  Tanh: real('Tanh'),
};

/** Kernels that work element by element, as JavaScript on atoms. Truth is 1 and 0. */
import { erf } from '../../erf.js';

/** The expression of an element from those of the operands, in their order. */
export type Operation = (
  operands: readonly string[],
  attributes: Readonly<Record<string, unknown>>,
) => string;

const one =
  (f: (x: string) => string): Operation =>
  ([x = '0']) =>
    f(x);

const two =
  (f: (a: string, b: string) => string): Operation =>
  ([a = '0', b = '0']) =>
    f(a, b);

const math = (name: string): Operation => one((x) => `Math.${name}(${x})`);

const infix = (operator: string): Operation => two((a, b) => `(${a} ${operator} ${b})`);

const truth = (operator: string): Operation => two((a, b) => `(${a} ${operator} ${b} ? 1 : 0)`);

const number = (value: unknown, otherwise: number): string => {
  const n = typeof value === 'number' ? value : otherwise;
  return n < 0 ? `(${n})` : String(n);
};

/** Selu's two constants (Klambauer et al. 2017, arXiv:1706.02515), as TensorFlow.js has them. */
const SELU = { scale: 1.0507009873554805, alpha: 1.7580993408473768 };

export const operations: Readonly<Record<string, Operation>> = {
  Abs: math('abs'),
  Acos: math('acos'),
  Acosh: math('acosh'),
  Asin: math('asin'),
  Asinh: math('asinh'),
  Atan: math('atan'),
  Atanh: math('atanh'),
  Ceil: math('ceil'),
  Cos: math('cos'),
  Cosh: math('cosh'),
  Exp: math('exp'),
  Expm1: math('expm1'),
  Floor: math('floor'),
  Log: math('log'),
  Log1p: math('log1p'),
  Sin: math('sin'),
  Sinh: math('sinh'),
  Sqrt: math('sqrt'),
  Tan: math('tan'),
  Tanh: math('tanh'),
  Erf: one((x) => `erf(${x})`),
  Round: one((x) => `roundHalfEven(${x})`),
  Identity: one((x) => x),
  Neg: one((x) => `(-${x})`),
  Reciprocal: one((x) => `(1 / ${x})`),
  Rsqrt: one((x) => `(1 / Math.sqrt(${x}))`),
  Square: one((x) => `(${x} * ${x})`),
  Sign: one((x) => `(${x} > 0 ? 1 : ${x} < 0 ? -1 : 0)`),
  Relu: one((x) => `Math.max(${x}, 0)`),
  Relu6: one((x) => `Math.min(Math.max(${x}, 0), 6)`),
  Sigmoid: one((x) => `(1 / (1 + Math.exp(-${x})))`),
  Softplus: one((x) => `(Math.max(${x}, 0) + Math.log1p(Math.exp(-Math.abs(${x}))))`),
  Elu: one((x) => `(${x} >= 0 ? ${x} : Math.expm1(${x}))`),
  Selu: one((x) => `(${x} >= 0 ? ${SELU.scale} * ${x} : ${SELU.alpha} * Math.expm1(${x}))`),
  LeakyRelu: ([x = '0'], { alpha }) => `(${x} >= 0 ? ${x} : ${number(alpha, 0.2)} * ${x})`,
  Prelu: two((x, alpha) => `(${x} >= 0 ? ${x} : ${alpha} * ${x})`),
  EluGrad: two((dy, y) => `(${y} >= 0 ? ${dy} : ${dy} * (${y} + 1))`),
  // A rectifier's gradient must not hide a NaN.
  Step: ([x = '0'], { alpha }) => `(${x} > 0 ? 1 : ${x} !== ${x} ? ${x} : ${number(alpha, 0)})`,
  ClipByValue: ([x = '0'], { clipValueMin, clipValueMax }) =>
    `Math.min(Math.max(${x}, ${number(clipValueMin, -Infinity)}), ${number(clipValueMax, Infinity)})`,
  IsNan: one((x) => `(${x} !== ${x} ? 1 : 0)`),
  IsInf: one((x) => `(Math.abs(${x}) === Infinity ? 1 : 0)`),
  IsFinite: one((x) => `(${x} - ${x} === 0 ? 1 : 0)`),
  Add: infix('+'),
  Sub: infix('-'),
  Multiply: infix('*'),
  RealDiv: infix('/'),
  FloorDiv: two((a, b) => `Math.floor(${a} / ${b})`),
  Mod: two((a, b) => `mod(${a}, ${b})`),
  Maximum: two((a, b) => `Math.max(${a}, ${b})`),
  Minimum: two((a, b) => `Math.min(${a}, ${b})`),
  Pow: two((a, b) => `Math.pow(${a}, ${b})`),
  Atan2: two((a, b) => `Math.atan2(${a}, ${b})`),
  SquaredDifference: two((a, b) => `((${a} - ${b}) * (${a} - ${b}))`),
  BitwiseAnd: infix('&'),
  AddN: (operands) => `(${operands.join(' + ')})`,
  Equal: truth('==='),
  NotEqual: truth('!=='),
  Greater: truth('>'),
  GreaterEqual: truth('>='),
  Less: truth('<'),
  LessEqual: truth('<='),
  LogicalAnd: truth('&&'),
  LogicalOr: truth('||'),
  LogicalNot: one((x) => `(${x} ? 0 : 1)`),
  Select: ([condition = '0', t = '0', e = '0']) => `(${condition} ? ${t} : ${e})`,
  Cast: ([x = '0'], { dtype }) => {
    switch (dtype) {
      case 'int32':
        return `(${x} | 0)`;
      case 'bool':
        return `(${x} !== 0 ? 1 : 0)`;
      default:
        return x;
    }
  },
};

/** What generated code calls beside `Math`. */
export const support = {
  erf,
  /** As TensorFlow.js computes it; a − b ⌊a / b⌋ would lose what is left of a large a. */
  mod: (a: number, b: number): number => {
    const rest = a % b;
    return (a < 0 && b < 0) || (a >= 0 && b >= 0) ? rest : (rest + b) % b;
  },
  roundHalfEven: (x: number): number => {
    const floor = Math.floor(x);
    const rest = x - floor;
    if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1;
    return floor % 2 === 0 ? floor : floor + 1;
  },
};

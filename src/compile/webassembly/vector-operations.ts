/** Elementwise kernels on vectors of four float32, as terms. Truth is a mask of bits. */
import { exp, expm1, log, log1p, sigmoid, softplus, tanh } from './functions.js';
import type { Instructions, Term, Terms } from './terms.js';

/** The terms of a kernel, of those of its operands. */
type VectorOperation = (
  t: Terms,
  operands: readonly Term[],
  attributes: Readonly<Record<string, unknown>>,
) => Term;

const one =
  (f: (t: Terms, x: Term) => Term): VectorOperation =>
  (t, [x = t.constant(0)]) =>
    f(t, x);

const two =
  (f: (t: Terms, a: Term, b: Term) => Term): VectorOperation =>
  (t, [a = t.constant(0), b = t.constant(0)]) =>
    f(t, a, b);

const unary = (name: Instructions): VectorOperation => one((t, x) => t.do(name, x));

const binary = (name: Instructions): VectorOperation => two((t, a, b) => t.do(name, a, b));

const number = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

/** 1 where a mask is set, else 0. */
const asNumber = (t: Terms, mask: Term): Term => t.do('and', mask, t.constant(1));

const isNaN = (t: Terms, x: Term): Term => t.do('ne', x, x);

const atMost = (t: Terms, x: Term, bound: number): Term => t.do('min', x, t.constant(bound));

const atLeast = (t: Terms, x: Term, bound: number): Term => t.do('max', x, t.constant(bound));

/** x where it is not below 0, else something else; NaN is something else. */
const above = (t: Terms, x: Term, here: Term, below: Term): Term =>
  t.do('choose', here, below, t.do('ge', x, t.constant(0)));

/** Klambauer et al. 2017, arXiv:1706.02515. */
const SELU = { scale: 1.0507009873554805, alpha: 1.7580993408473768 };

export const vectorOperations: Readonly<Record<string, VectorOperation>> = {
  Abs: unary('abs'),
  Neg: unary('neg'),
  Sqrt: unary('sqrt'),
  Floor: unary('floor'),
  Ceil: unary('ceil'),
  Round: unary('nearest'),
  Square: one((t, x) => t.do('mul', x, x)),
  Reciprocal: one((t, x) => t.do('div', t.constant(1), x)),
  Rsqrt: one((t, x) => t.do('div', t.constant(1), t.do('sqrt', x))),
  Exp: one(exp),
  Expm1: one(expm1),
  Log: one(log),
  Log1p: one(log1p),
  Sigmoid: one(sigmoid),
  Softplus: one(softplus),
  Tanh: one(tanh),
  Relu: one((t, x) => t.do('pmax', x, t.constant(0))),
  Relu6: one((t, x) => atMost(t, atLeast(t, x, 0), 6)),
  Elu: one((t, x) => above(t, x, x, expm1(t, x))),
  Selu: one((t, x) =>
    above(
      t,
      x,
      t.do('mul', x, t.constant(SELU.scale)),
      t.do('mul', expm1(t, x), t.constant(SELU.alpha)),
    ),
  ),
  EluGrad: two((t, dy, y) => above(t, y, dy, t.do('mul', dy, t.do('add', y, t.constant(1))))),
  LeakyRelu: (t, [x = t.constant(0)], { alpha }) =>
    above(t, x, x, t.do('mul', x, t.constant(number(alpha, 0.2)))),
  Prelu: two((t, x, alpha) => above(t, x, x, t.do('mul', alpha, x))),
  // A rectifier's gradient must not hide a NaN.
  Step: (t, [x = t.constant(0)], { alpha }) => {
    const steps = t.do(
      'choose',
      t.constant(1),
      t.constant(number(alpha, 0)),
      t.do('gt', x, t.constant(0)),
    );
    return t.do('choose', x, steps, isNaN(t, x));
  },
  Add: binary('add'),
  Sub: binary('sub'),
  Multiply: binary('mul'),
  RealDiv: binary('div'),
  SquaredDifference: two((t, a, b) => {
    const d = t.do('sub', a, b);
    return t.do('mul', d, d);
  }),
  AddN: (t, operands) => operands.reduce((sum, x) => t.do('add', sum, x)),
  Maximum: binary('max'),
  Minimum: binary('min'),
  Equal: binary('eq'),
  NotEqual: binary('ne'),
  Greater: binary('gt'),
  GreaterEqual: binary('ge'),
  Less: binary('lt'),
  LessEqual: binary('le'),
  LogicalAnd: binary('and'),
  LogicalOr: binary('or'),
  LogicalNot: unary('not'),
  IsNan: one(isNaN),
  IsInf: one((t, x) => t.do('eq', t.do('abs', x), t.constant(Infinity))),
  IsFinite: one((t, x) => t.do('lt', t.do('abs', x), t.constant(Infinity))),
  Select: (t, [condition = t.constant(0), a = t.constant(0), b = t.constant(0)]) =>
    t.do('choose', a, b, condition),
  /** Of truth to numbers: no other cast is elementwise work here. */
  Cast: one(asNumber),
  Sign: one((t, x) =>
    t.do(
      'sub',
      asNumber(t, t.do('gt', x, t.constant(0))),
      asNumber(t, t.do('lt', x, t.constant(0))),
    ),
  ),
  ClipByValue: (t, [x = t.constant(0)], { clipValueMin, clipValueMax }) =>
    atMost(t, atLeast(t, x, number(clipValueMin, -Infinity)), number(clipValueMax, Infinity)),
};

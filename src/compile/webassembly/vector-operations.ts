/** Elementwise kernels on vectors of four float32, as WebAssembly SIMD. Truth is a mask of bits. */
import { type Input, type StackVar, f32x4, v128 } from 'wasmati';

type Vector = Input<'v128'>;

/** Writes the instructions of a kernel; operands are locals, so each may be used twice. */
type VectorOperation = (
  operands: readonly Vector[],
  constant: (value: number) => Vector,
  attributes: Readonly<Record<string, unknown>>,
) => StackVar<'v128'>;

const one =
  (f: (x: Vector, constant: (value: number) => Vector) => StackVar<'v128'>): VectorOperation =>
  ([x], constant) =>
    f(x ?? constant(0), constant);

const two =
  (f: (a: Vector, b: Vector) => StackVar<'v128'>): VectorOperation =>
  ([a, b], constant) =>
    f(a ?? constant(0), b ?? constant(0));

const limit = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

export const vectorOperations: Readonly<Record<string, VectorOperation>> = {
  Abs: one((x) => f32x4.abs(x)),
  Neg: one((x) => f32x4.neg(x)),
  Sqrt: one((x) => f32x4.sqrt(x)),
  Floor: one((x) => f32x4.floor(x)),
  Ceil: one((x) => f32x4.ceil(x)),
  Round: one((x) => f32x4.nearest(x)),
  Square: one((x) => f32x4.mul(x, x)),
  Reciprocal: one((x, c) => f32x4.div(c(1), x)),
  Relu: one((x, c) => f32x4.max(x, c(0))),
  Add: two((a, b) => f32x4.add(a, b)),
  Sub: two((a, b) => f32x4.sub(a, b)),
  Multiply: two((a, b) => f32x4.mul(a, b)),
  RealDiv: two((a, b) => f32x4.div(a, b)),
  Maximum: two((a, b) => f32x4.max(a, b)),
  Minimum: two((a, b) => f32x4.min(a, b)),
  Equal: two((a, b) => f32x4.eq(a, b)),
  NotEqual: two((a, b) => f32x4.ne(a, b)),
  Greater: two((a, b) => f32x4.gt(a, b)),
  GreaterEqual: two((a, b) => f32x4.ge(a, b)),
  Less: two((a, b) => f32x4.lt(a, b)),
  LessEqual: two((a, b) => f32x4.le(a, b)),
  LogicalAnd: two((a, b) => v128.and(a, b)),
  LogicalOr: two((a, b) => v128.or(a, b)),
  LogicalNot: one((x) => v128.not(x)),
  Select: ([condition, t, e], c) => v128.bitselect(t ?? c(0), e ?? c(0), condition ?? c(0)),
  Sign: one((x, c) =>
    f32x4.sub(v128.and(f32x4.gt(x, c(0)), c(1)), v128.and(f32x4.lt(x, c(0)), c(1))),
  ),
  ClipByValue: ([x], c, { clipValueMin, clipValueMax }) =>
    f32x4.min(
      f32x4.max(x ?? c(0), c(limit(clipValueMin, -Infinity))),
      c(limit(clipValueMax, Infinity)),
    ),
};

/** Values by another shape, in another order and with something around them, in operators of ONNX. */
import type { Shape } from '../../../dsl/index.js';
import { type Builder, type Site, int, ints } from './builder.js';

/** A value in another shape. */
export const reshaped = (b: Builder, x: string, shape: Shape): string =>
  b.op('Reshape', [x, b.ints(shape)], shape.includes(0) ? { allowzero: int(1) } : {});

/** A value with its axes in another order. */
export const transposed = (b: Builder, x: string, perm: readonly number[]): string =>
  b.op('Transpose', [x], { perm: ints(perm) });

/** Before the first element, for steps that go backwards. */
export const BEFORE_ALL = -(2 ** 31);

/** A value with the order of its elements turned around along some axes. */
export const reversed = (b: Builder, x: string, shape: Shape, axes: readonly number[]): string => {
  if (axes.length === 0) return b.op('Identity', [x]);
  return b.op('Slice', [
    x,
    b.ints(axes.map((a) => (shape[a] ?? 1) - 1)),
    b.ints(axes.map(() => BEFORE_ALL)),
    b.ints(axes),
    b.ints(axes.map(() => -1)),
  ]);
};

/** A value with more around it. */
export const padded = (
  { b }: Site,
  x: string,
  padding: readonly (readonly [number, number])[],
  constant: string,
): string =>
  b.op('Pad', [x, b.ints([...padding.map(([n]) => n), ...padding.map(([, n]) => n)]), constant]);

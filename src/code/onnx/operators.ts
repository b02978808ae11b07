/** How kernels that work element by element are written in ONNX operators. */
import { type Builder, type Site, type Translation, int } from './builder.js';
import { cast, inDoubles, inReals, withReals } from './casting.js';

/** An operator that takes what the kernel takes, and nothing else. */
export const same =
  (op: string) =>
  ({ b, all }: Site): string =>
    b.op(op, all);

/** The same of an operator that knows float32 only. */
export const real = (op: string): Translation => inReals(same(op));

/** In float32 where operands are; in float64 whole numbers keep all their digits. */
export const realOrWhole =
  (write: (site: Site) => string): Translation =>
  (site) =>
    site.out.dtype === 'float32' ? write(site) : inDoubles(write)(site);

/** Whole numbers are their own rounding. */
export const rounding =
  (op: string): Translation =>
  ({ b, at, out }) =>
    b.op(out.dtype === 'float32' ? op : 'Identity', [at('x')]);

/** A question about one number. */
export const predicate =
  (test: (b: Builder, x: string) => string): Translation =>
  (site) =>
    test(site.b, withReals(site).at('x'));

/** An operator on truth. */
export const logical =
  (op: string): Translation =>
  ({ b, all }) =>
    b.op(
      op,
      all.map((x) => cast(b, x, 'bool')),
    );

/** Truth values are compared as 0 and 1. */
export const comparison =
  (op: string): Translation =>
  ({ b, all, values }) =>
    b.op(
      op,
      all.map((x, i) => (values[i]?.dtype === 'bool' ? cast(b, x, 'int32') : x)),
    );

/** eˣ − 1 = tanh(x / 2) (eˣ + 1), without cancellation. */
export const expm1 = (b: Builder, x: string): string =>
  b.op('Mul', [
    b.op('Tanh', [b.op('Mul', [x, b.scalar(0.5)])]),
    b.op('Add', [b.op('Exp', [x]), b.scalar(1)]),
  ]);

/** log(1 + x) by Kahan's correction: log(u) x / (u − 1) with u = 1 + x, and x where u is 1 or +∞. */
export const log1p = (b: Builder, x: string): string => {
  const one = b.scalar(1);
  const u = b.op('Add', [x, one]);
  const asItIs = b.op('Or', [
    b.op('Equal', [u, one]),
    b.op('IsInf', [u], { detect_negative: int(0) }),
  ]);
  const corrected = b.op('Mul', [b.op('Log', [u]), b.op('Div', [x, b.op('Sub', [u, one])])]);
  return b.op('Where', [asItIs, x, corrected]);
};

/** x above 0 and α (eˣ − 1) below, times a scale; the runtime's own cancels near 0. */
export const exponentialUnit = (scale: number, alpha: number): Translation =>
  inReals(({ b, at }) => {
    const x = at('x');
    const below = expm1(b, b.op('Min', [x, b.scalar(0)]));
    const times = (y: string, factor: number): string =>
      factor === 1 ? y : b.op('Mul', [y, b.scalar(factor)]);
    const above = b.op('GreaterOrEqual', [x, b.scalar(0)]);
    return b.op('Where', [above, times(x, scale), times(below, scale * alpha)]);
  });

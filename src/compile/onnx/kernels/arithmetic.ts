/** Functions of several numbers: arithmetic, comparisons, logic and choice. */
import type { Builder, Site, Translation } from '../builder.js';
import { cast, inDoubles, inReals } from './cast.js';
import { same } from './elementwise.js';

/** a − b ⌊a / b⌋ as TensorFlow.js finds it: the remainder, and once more with b added where signs differ. */
const mod = ({ b: build, all: [a = '', b = ''] }: Site): string => {
  const zero = cast(build, build.scalar(0), 'float64');
  const rest = (x: string): string => build.op('Mod', [x, b], { fmod: { int: 1 } });
  const both = (test: string): string =>
    build.op('And', [build.op(test, [a, zero]), build.op(test, [b, zero])]);
  const sameSign = build.op('Or', [both('Less'), both('GreaterOrEqual')]);
  const remainder = rest(a);
  return build.op('Where', [sameSign, remainder, rest(build.op('Add', [remainder, b]))]);
};

/** Whether a number is negative, −0 among them. */
const isBelow = (b: Builder, x: string): string => {
  const zero = b.scalar(0);
  const minusZero = b.op('And', [
    b.op('Equal', [x, zero]),
    b.op('Less', [b.op('Reciprocal', [x]), zero]),
  ]);
  return b.op('Or', [b.op('Less', [x, zero]), minusZero]);
};

/**
 * The angle of (x, y): atan(y / x), and half a turn more on the left. y / x has no value where both
 * are 0 or both infinite: the angles there are those of (1, ±0) and of (1, ±1).
 */
const atan2 = ({ b, all: [y = '', x = ''] }: Site): string => {
  const zero = b.scalar(0);
  const both = (test: (z: string) => string): string => b.op('And', [test(x), test(y)]);
  const signs = b.op('Mul', [b.op('Sign', [x]), b.op('Sign', [y])]);
  const finite = b.op('Where', [both((z) => b.op('IsInf', [z])), signs, b.op('Div', [y, x])]);
  const ratio = b.op('Where', [both((z) => b.op('Equal', [z, zero])), y, finite]);
  const right = b.op('Atan', [ratio]);
  const half = b.op('Where', [isBelow(b, y), b.scalar(-Math.PI), b.scalar(Math.PI)]);
  return b.op('Where', [isBelow(b, x), b.op('Add', [right, half]), right]);
};

/** In float32 where operands are; in float64 whole numbers keep all their digits. */
const real =
  (write: (site: Site) => string): Translation =>
  (site) =>
    site.out.dtype === 'float32' ? write(site) : inDoubles(write)(site);

const squaredDifference = (site: Site): string => {
  const d = same('Sub')(site);
  return site.b.op('Mul', [d, d]);
};

const asBool = (b: Builder, x: string): string => cast(b, x, 'bool');

const logical =
  (op: string): Translation =>
  ({ b, all }) =>
    b.op(
      op,
      all.map((x) => asBool(b, x)),
    );

/** Truth values are compared as 0 and 1. */
const comparison =
  (op: string): Translation =>
  ({ b, all, values }) =>
    b.op(
      op,
      all.map((x, i) => (values[i]?.dtype === 'bool' ? cast(b, x, 'int32') : x)),
    );

const select: Translation = ({ b, at, out }) => {
  const chosen = (t: string, e: string): string =>
    b.op('Where', [asBool(b, at('condition')), t, e]);
  if (out.dtype !== 'bool') return chosen(at('t'), at('e'));
  return asBool(b, chosen(cast(b, at('t'), 'int32'), cast(b, at('e'), 'int32')));
};

export const arithmetic: Readonly<Record<string, Translation>> = {
  Add: same('Add'),
  AddN: ({ b, all, out }) =>
    out.dtype === 'float32' ? b.op('Sum', all) : all.reduce((sum, x) => b.op('Add', [sum, x])),
  Atan2: inReals(atan2),
  BitwiseAnd: same('BitwiseAnd'),
  Equal: same('Equal'),
  FloorDiv: inDoubles((site) => site.b.op('Floor', [same('Div')(site)])),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  LogicalAnd: logical('And'),
  LogicalNot: logical('Not'),
  LogicalOr: logical('Or'),
  Maximum: same('Max'),
  Minimum: same('Min'),
  Mod: inDoubles(mod),
  Multiply: ({ b, all, out }) => b.op(out.dtype === 'bool' ? 'And' : 'Mul', all),
  NotEqual: ({ b, all }) => b.op('Not', [b.op('Equal', all)]),
  Pow: real(same('Pow')),
  RealDiv: real(same('Div')),
  Select: select,
  SquaredDifference: real(squaredDifference),
  Sub: same('Sub'),
};

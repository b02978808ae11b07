/**
 * Arithmetic on indices that are known numbers or JavaScript expressions of loop variables: what is
 * known is worked out while code is written.
 */
import type { Shape } from '../../../dsl/index.js';

/** A whole number, at least 0, or the expression of one. */
export type Index = number | string;

/** What an atom says as an index: known where it is a number. */
export const indexOf = (atom: string): Index => (/^\d+$/.test(atom) ? Number(atom) : atom);

const both = (
  a: Index,
  b: Index,
  known: (a: number, b: number) => number,
  written: (a: Index, b: Index) => Index,
): Index => (typeof a === 'number' && typeof b === 'number' ? known(a, b) : written(a, b));

export const plus = (a: Index, b: Index): Index =>
  both(
    a,
    b,
    (x, y) => x + y,
    (x, y) => (x === 0 ? y : y === 0 ? x : `(${x} + ${y})`),
  );

export const minus = (a: Index, b: Index): Index =>
  both(
    a,
    b,
    (x, y) => x - y,
    (x, y) => (y === 0 ? x : `(${x} - ${y})`),
  );

export const times = (a: Index, b: Index): Index =>
  both(
    a,
    b,
    (x, y) => x * y,
    (x, y) => (x === 0 || y === 0 ? 0 : x === 1 ? y : y === 1 ? x : `(${x} * ${y})`),
  );

export const quotient = (a: Index, n: number): Index =>
  typeof a === 'number' ? Math.floor(a / n) : n === 1 ? a : `((${a} / ${n}) | 0)`;

export const remainder = (a: Index, n: number): Index =>
  typeof a === 'number' ? a % n : n === 1 ? 0 : `(${a} % ${n})`;

/** The distance between neighbours along each axis, row-major. */
const strides = (shape: Shape): readonly number[] =>
  shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));

/** The place of an index in a flat array. */
export const flatten = (index: readonly Index[], shape: Shape): Index =>
  strides(shape).reduce<Index>(
    (sum, stride, axis) => plus(sum, times(index[axis] ?? 0, stride)),
    0,
  );

/** The index of a place in a flat array. */
export const unflatten = (flat: Index, shape: Shape): readonly Index[] =>
  strides(shape).map((stride, axis) => {
    const n = shape[axis] ?? 1;
    // The outermost quotient is within its axis already.
    return axis === 0 ? quotient(flat, stride) : remainder(quotient(flat, stride), n);
  });

/** The index into an operand that broadcasts from the right. */
export const broadcastIndex = (index: readonly Index[], shape: Shape): readonly Index[] =>
  shape.map((n, axis) => (n === 1 ? 0 : (index[index.length - shape.length + axis] ?? 0)));

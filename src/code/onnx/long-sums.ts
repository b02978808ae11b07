/**
 * Sums of many terms, in stages. The runtime adds in float32, mostly one term after another, and a sum
 * of n like terms is off by about n 2⁻²⁴ / 3 of itself: a million by some percent. Blocks of a few
 * dozen terms are right to 10⁻⁶ of what they sum, and their sums are added in double precision.
 */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type Builder, int } from './builder.js';
import { cast } from './casting.js';
import { reshaped, transposed } from './moves.js';

/** Row-major numbers as three axes, of which the middle one is summed. */
export interface Three {
  readonly outer: number;
  readonly count: number;
  readonly inner: number;
}

/** So few terms are added as they are. */
export const FEW_TERMS = 256;

/** Of numbers that lie side by side: the runtime adds them in eight sums or more. */
const FEW_IN_A_ROW = 1024;

/** Whether a sum has more terms than the runtime adds up well. */
export const isLongSum = ({ count, inner }: Three): boolean =>
  count > (inner === 1 ? FEW_IN_A_ROW : FEW_TERMS);

/** The terms of a block. */
const BLOCK = 32;

/** So few blocks are added in float32 without harm. */
const FEW_BLOCKS = 64;

interface Blocks {
  readonly size: number;
  readonly count: number;
  /** Zeros at the end that fill the last block. */
  readonly padding: number;
}

/** Blocks of at least so many terms and at most twice as many; equal ones need no padding. */
const blocksOf = (terms: number, least: number): Blocks => {
  for (let size = least; size < 2 * least; size += 1) {
    if (terms % size === 0) return { size, count: terms / size, padding: 0 };
  }
  const count = Math.ceil(terms / least);
  return { size: least, count, padding: count * least - terms };
};

const padded = (b: Builder, x: string, rank: number, axis: number, padding: number): string => {
  if (padding === 0) return x;
  const none = Array.from({ length: rank }, () => 0);
  return b.op('Pad', [x, b.ints([...none, ...none.with(axis, padding)])]);
};

const reduceSum = (b: Builder, x: string, axis: number): string =>
  b.op('ReduceSum', [x, b.ints([axis])], { keepdims: int(false) });

const added = (b: Builder, x: string, axis: number, terms: number): string =>
  terms <= FEW_BLOCKS
    ? reduceSum(b, x, axis)
    : cast(b, reduceSum(b, cast(b, x, 'float64'), axis), 'float32');

/** A row of ones, by which a product adds rows up: faster than the reduction. */
export const onesOf = (b: Builder, count: number): string =>
  b.constant(
    'float32',
    [1, count],
    Array.from({ length: count }, () => 1),
  );

/** Σ over the middle axis, `[outer, inner]`. */
export const longSum = (b: Builder, x: string, { outer, count, inner }: Three): string => {
  const { size, count: blocks, padding } = blocksOf(count, BLOCK);
  const whole = padded(b, reshaped(b, x, [outer, count, inner]), 3, 1, padding);
  if (inner === 1) {
    const sums = reduceSum(b, reshaped(b, whole, [outer, blocks, size]), 2);
    return reshaped(b, added(b, sums, 1, blocks), [outer, 1]);
  }
  // A block is of rows that lie far apart, so that their sums are one product.
  const apart = reshaped(b, whole, [outer, size, blocks * inner]);
  const sums = b.op('MatMul', [onesOf(b, size), apart]);
  return added(b, reshaped(b, sums, [outer, blocks, inner]), 1, blocks);
};

/** A product of two matrices, each given as it is stored. */
export interface Matrices {
  readonly a: string;
  readonly b: string;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly m: number;
  readonly n: number;
  readonly inner: number;
}

/** Results of so few numbers have sums that the runtime adds no faster than in blocks. */
const SMALL_RESULT = 1024;

/** The longest sums of larger ones that are left to the runtime, which blocks them by itself. */
const LONG_FOR_LARGE = 32_768;

/** Whether a product of this size has longer sums than the runtime adds up well. */
export const isLong = ({ m, n, inner }: Pick<Matrices, 'm' | 'n' | 'inner'>): boolean =>
  inner > (m * n <= SMALL_RESULT ? FEW_TERMS : LONG_FOR_LARGE);

/** The product in double precision: blocks of results would be larger than the operands. */
const productInDoubles = (
  b: Builder,
  { a, b: right, transposeA, transposeB }: Matrices,
): string => {
  const wide = (x: string, transpose: boolean): string => {
    const doubles = cast(b, x, 'float64');
    return transpose ? transposed(b, doubles, [1, 0]) : doubles;
  };
  return cast(b, b.op('MatMul', [wide(a, transposeA), wide(right, transposeB)]), 'float32');
};

/** The product with its sums in stages, or in double precision throughout, `[m, n]`. */
export const longProduct = (build: Builder, matrices: Matrices): string => {
  const { a, b, transposeA, transposeB, m, n, inner } = matrices;
  if (m * n > BLOCK * (m + n)) return productInDoubles(build, matrices);
  const { size, count, padding } = blocksOf(inner, BLOCK);
  const left = padded(build, a, 2, transposeA ? 0 : 1, padding);
  const right = padded(build, b, 2, transposeB ? 1 : 0, padding);
  const product = build.op('MatMul', [
    transposeA
      ? transposed(build, reshaped(build, left, [count, size, m]), [0, 2, 1])
      : transposed(build, reshaped(build, left, [m, count, size]), [1, 0, 2]),
    transposeB
      ? transposed(build, reshaped(build, right, [n, count, size]), [1, 2, 0])
      : reshaped(build, right, [count, size, n]),
  ]);
  return added(build, product, 0, count);
};

/** The axes of a sum in runs that lie side by side, the last one first. */
export const runsOf = (axes: readonly number[]): readonly (readonly number[])[] =>
  axes
    .toSorted((p, q) => q - p)
    .reduce<readonly (readonly number[])[]>((runs, axis) => {
      const last = runs.at(-1);
      return last !== undefined && last[0] === axis + 1
        ? [...runs.slice(0, -1), [axis, ...last]]
        : [...runs, [axis]];
    }, []);

/** Three axes around a run of axes. */
export const around = (shape: readonly number[], run: readonly number[]): Three => {
  const [from = 0] = run;
  const to = from + run.length;
  return {
    outer: sizeOf(shape.slice(0, from)),
    count: sizeOf(shape.slice(from, to)),
    inner: sizeOf(shape.slice(to)),
  };
};

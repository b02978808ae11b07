/** Uses of kernels, drawn at random: what goes in, for several draws, and the operation that asks for the kernel. */
import * as fc from 'fast-check';
import type { Tensor } from 'marginalia';
import type { Shape } from 'marginalia/tensors';
import type { DType } from '../../../src/graph/graph.js';
import type { Tensors } from '../../../src/compile/recording/recorder.js';

/** How many draws a use is batched over: no axis of a generated shape is as long. */
export const DRAWS = 5;

/** An input for each of `DRAWS` draws. */
export interface Given {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly draws: readonly (readonly number[])[];
}

/** One use of a kernel. */
export interface Use {
  readonly inputs: Readonly<Record<string, Given>>;
  readonly f: (inputs: Tensors) => Tensor | readonly Tensor[];
  /** What is not seen of the inputs, for whoever reads a failure. */
  readonly told?: unknown;
}

/** An input of a use by its name. */
export const inputOf = (inputs: Tensors, name: string): Tensor => {
  const x = inputs[name];
  if (x === undefined) throw new Error(`no input '${name}'`);
  return x;
};

/** Numbers in [0, 1) without pattern: a linear congruence (Numerical Recipes, 2nd ed., p. 284). */
const uniforms = (seed: number, count: number): readonly number[] => {
  let state = seed >>> 0;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  });
};

const seeds = fc.noShrink(fc.integer());

const given = (
  shape: Shape,
  dtype: DType,
  number: (uniform: number) => number,
): fc.Arbitrary<Given> =>
  seeds.map((seed) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const numbers = uniforms(seed, DRAWS * size).map(number);
    return {
      shape,
      dtype,
      draws: Array.from({ length: DRAWS }, (_, k) => numbers.slice(k * size, (k + 1) * size)),
    };
  });

/** Where real numbers lie. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** They keep a distance of `gap` from each of these: places without a derivative. */
  readonly avoiding?: readonly number[];
  readonly gap?: number;
}

/** Real numbers; from −2 to 2 where nothing else is said. */
export const reals = (
  shape: Shape,
  { min = -2, max = 2, avoiding = [], gap = 0.02 }: Range = {},
): fc.Arbitrary<Given> =>
  given(shape, 'float32', (u) => {
    const x = min + u * (max - min);
    const near = avoiding.find((place) => Math.abs(x - place) < gap);
    const away = near === undefined ? x : near + gap > max ? near - gap : near + gap;
    return Math.fround(away);
  });

/** Whole numbers from `min` to `max`, both among them. */
export const wholes = (shape: Shape, min: number, max: number): fc.Arbitrary<Given> =>
  given(shape, 'int32', (u) => min + Math.floor(u * (max - min + 1)));

export const truths = (shape: Shape): fc.Arbitrary<Given> =>
  given(shape, 'bool', (u) => (u < 0.5 ? 0 : 1));

/** Shapes of up to four axes, each of length 0 to 3. */
export const shapes = ({
  minRank = 0,
  maxRank = 4,
  minSize = 0,
  maxSize = 3,
} = {}): fc.Arbitrary<Shape> =>
  fc.array(fc.integer({ min: minSize, max: maxSize }), { minLength: minRank, maxLength: maxRank });

/** An axis of a shape, by its number from the left or from the right. */
export const axisOf = (shape: Shape): fc.Arbitrary<number> =>
  fc.integer({ min: -shape.length, max: shape.length - 1 });

/** Some axes of a shape, none of them twice, by their numbers from the left or from the right. */
export const axesOf = (shape: Shape): fc.Arbitrary<readonly number[]> =>
  fc
    .tuple(
      fc.subarray(shape.map((_, axis) => axis)),
      fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
    )
    .map(([axes, left]) => axes.map((axis) => (left[axis] ? axis : axis - shape.length)));

/** So many shapes that broadcast to one: each lacks some axes on the left and has others of length 1. */
export const broadcastable = (
  count: number,
  sizes: { readonly minSize?: number } = {},
): fc.Arbitrary<readonly Shape[]> =>
  shapes(sizes).chain((whole) =>
    fc
      .array(
        fc.tuple(
          fc.nat(whole.length),
          fc.array(fc.boolean(), { minLength: whole.length, maxLength: whole.length }),
        ),
        { minLength: count, maxLength: count },
      )
      .map((cuts) =>
        cuts.map(([from, ones]) => whole.map((n, axis) => (ones[axis] ? 1 : n)).slice(from)),
      ),
  );

/** Uses of an operation on one real number at each place. */
export const ofOne = (f: (x: Tensor) => Tensor, range: Range = {}): fc.Arbitrary<Use> =>
  shapes()
    .chain((shape) => reals(shape, range))
    .map((x) => ({ inputs: { x }, f: (inputs) => f(inputOf(inputs, 'x')) }));

/** Uses of an operation on two real numbers, which broadcast. */
export const ofTwo = (
  f: (a: Tensor, b: Tensor) => Tensor,
  { a = {}, b = {} }: { readonly a?: Range; readonly b?: Range } = {},
): fc.Arbitrary<Use> =>
  broadcastable(2)
    .chain(([left = [], right = []]) => fc.tuple(reals(left, a), reals(right, b)))
    .map(([x, y]) => ({
      inputs: { a: x, b: y },
      f: (inputs) => f(inputOf(inputs, 'a'), inputOf(inputs, 'b')),
    }));

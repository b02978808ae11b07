/**
 * Axes that several shapes of one size have in common: [1000, 784] and [50, 20, 784] are the same numbers
 * over [50, 20, 784]. A shape is told by its boundaries, the sizes of all that lies right of an axis.
 */
import type { Shape } from '../../../dsl/index.js';

/** The sizes of the innermost axes together, the smallest first; the last is the size of all. */
export type Boundaries = readonly number[];

export const boundariesOf = (shape: Shape): Boundaries =>
  shape.reduceRight<readonly number[]>(
    (found, n) => (n === 1 ? found : [...found, n * (found.at(-1) ?? 1)]),
    [],
  );

/** The boundaries of both, or nothing where no axes have them all. */
export const joined = (a: Boundaries, b: Boundaries): Boundaries | undefined => {
  const all = [...new Set([...a, ...b])].toSorted((x, y) => x - y);
  return all.every((n, i) => n % (all[i - 1] ?? 1) === 0) ? all : undefined;
};

/** The axes between boundaries, the outermost first. */
export const axesBetween = (boundaries: Boundaries): readonly number[] =>
  boundaries.map((n, i) => n / (boundaries[i - 1] ?? 1)).toReversed();

/** The distance between neighbours along each axis, row-major; none along an axis of one. */
export const stridesOf = (shape: Shape): readonly number[] =>
  shape.map((n, axis) => (n === 1 ? 0 : shape.slice(axis + 1).reduce((size, m) => size * m, 1)));

/** The strides of an operand that broadcasts, from the right, to a shape. */
export const broadcastStrides = (operand: Shape, shape: Shape): readonly number[] => {
  const own = stridesOf(operand);
  return shape.map((_, axis) => own[axis - shape.length + operand.length] ?? 0);
};

/** Strides over a shape as strides over finer axes. */
export const refined = (
  shape: Shape,
  strides: readonly number[],
  axes: readonly number[],
): readonly number[] => {
  const found = axes.map(() => 0);
  let at = axes.length - 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    for (let inner = 1; inner < (shape[axis] ?? 1); at -= 1) {
      found[at] = (strides[axis] ?? 0) * inner;
      inner *= axes[at] ?? 1;
    }
  }
  return found;
};

/** Axes, and how each access moves along them. */
export interface Nest {
  readonly axes: readonly number[];
  /** A row of strides for each access. */
  readonly strides: readonly (readonly number[])[];
}

/** The same loops with as few axes as can be: neighbours along which all accesses go on as they went. */
export const collapsed = ({ axes, strides }: Nest): Nest => {
  for (let axis = axes.length - 2; axis >= 0; axis -= 1) {
    const inner = axes[axis + 1] ?? 1;
    if (strides.every((s) => s[axis] === (s[axis + 1] ?? 0) * inner)) {
      return collapsed({
        axes: axes.toSpliced(axis, 2, (axes[axis] ?? 1) * inner),
        strides: strides.map((s) => s.toSpliced(axis, 1)),
      });
    }
  }
  return { axes, strides };
};

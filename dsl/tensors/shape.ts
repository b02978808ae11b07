/**
 * Shapes and broadcasting. A value is `[...plates, ...event]`; broadcasting is from the right, so every axis to
 * the left of the event axes comes for free.
 */
import type { Shape } from './noise.js';

/** Number of elements of a shape. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, n) => product * n, 1);

/** Prints a shape as `[2, 3]`. */
export const showShape = (shape: Shape): string => `[${shape.join(', ')}]`;

/** Whether two shapes are the same. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

/**
 * The shape that two shapes broadcast to, or `undefined` where they do not.
 *
 * @example
 * ```ts
 * broadcast([3, 1], [4]); // [3, 4]
 * broadcast([2], [3]); // undefined
 * ```
 */
export const broadcast = (a: Shape, b: Shape): Shape | undefined => {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 1; i <= rank; i += 1) {
    const x = a[a.length - i] ?? 1;
    const y = b[b.length - i] ?? 1;
    if (x !== y && x !== 1 && y !== 1) return undefined;
    out.unshift(x === 1 ? y : x);
  }
  return out;
};

/** Broadcasts many shapes; throws with `what` named where they do not fit. */
export const broadcastAll = (what: string, shapes: readonly Shape[]): Shape =>
  shapes.reduce<Shape>((a, b) => {
    const both = broadcast(a, b);
    if (both === undefined) {
      throw new RangeError(
        `${what}: shapes ${shapes.map(showShape).join(' and ')} do not broadcast; ` +
          'make the axes equal from the right, or 1.',
      );
    }
    return both;
  }, []);

/** The leading axes, without the last `n`. */
export const dropLast = (shape: Shape, n: number): Shape => shape.slice(0, shape.length - n);

/** The last `n` axes. */
export const takeLast = (shape: Shape, n: number): Shape => shape.slice(shape.length - n);

/** The indices of the last `n` axes of a tensor of the given rank. */
export const lastAxes = (rank: number, n: number): number[] =>
  Array.from({ length: n }, (_, i) => rank - n + i);

/** Running combinations along an axis, in a number of operations that grows with the logarithm of its length. */
import * as tf from '@tensorflow/tfjs';
import { along, elementAlong } from './along.js';
import { mapped } from '../records/dictionary.js';
import { demand } from '../refusals/options.js';
import { sameShape, showShape } from './shape.js';
import type { Tensor } from './tensor.js';

/** What is combined: a tensor, or tensors in a list or a record, with one axis in common. */
export type Scanned = Tensor | readonly Tensor[] | Readonly<Record<string, Tensor>>;

export interface ScanOptions {
  /** The axis of the elements, 0 where left out; one below 0 counts from the last of the first tensor. */
  readonly axis?: number;
  /** Whether to go from the last element to the first. */
  readonly reverse?: boolean;
}

type Combine = (a: Scanned, b: Scanned) => Scanned;

const isList = (x: Scanned): x is readonly Tensor[] => Array.isArray(x);

const tensorsOf = (x: Scanned): readonly Tensor[] =>
  x instanceof tf.Tensor ? [x] : isList(x) ? x : Object.values(x);

/** Every tensor with its counterpart in another value of the same form. */
const paired = (x: Scanned, y: Scanned, f: (a: Tensor, b: Tensor) => Tensor): Scanned => {
  const others = tensorsOf(y);
  if (x instanceof tf.Tensor) return f(x, others[0] ?? x);
  if (isList(x)) return x.map((a, i) => f(a, others[i] ?? a));
  const names = Object.keys(x);
  return mapped(x, (a, name) => f(a, (isNamed(y) ? y[name] : others[names.indexOf(name)]) ?? a));
};

const isNamed = (x: Scanned): x is Readonly<Record<string, Tensor>> =>
  !(x instanceof tf.Tensor) && !isList(x);

const each = (x: Scanned, f: (a: Tensor) => Tensor): Scanned => paired(x, x, f);

const lengthOf = (x: Scanned, axis: number): number => tensorsOf(x)[0]?.shape[axis] ?? 0;

/** `count` elements from `from` on, one after another. */
const part = (x: Scanned, axis: number, from: number, count: number): Scanned =>
  each(x, (a) => along(a, axis, from, count));

/** Of `count` pairs of elements from `from` on the first ones, or the second. */
const ofPairs = (
  x: Scanned,
  axis: number,
  { from, count, which }: { readonly from: number; readonly count: number; readonly which: 0 | 1 },
): Scanned =>
  each(x, (a) => {
    const all = along(a, axis, from, 2 * count);
    const pairs = tf.reshape(all, [
      ...a.shape.slice(0, axis),
      count,
      2,
      ...a.shape.slice(axis + 1),
    ]);
    return elementAlong(pairs, axis + 1, which);
  });

const joined = (x: Scanned, y: Scanned, axis: number): Scanned =>
  paired(x, y, (a, b) => tf.concat([a, b], axis));

/** Elements of either in turn, beginning with the first; it may have one more. */
const inTurn = (even: Scanned, odd: Scanned, axis: number): Scanned => {
  const [more, count] = [lengthOf(even, axis), lengthOf(odd, axis)];
  const pairs = paired(part(even, axis, 0, count), odd, (a, b) =>
    tf.reshape(tf.stack([a, b], axis + 1), a.shape.with(axis, 2 * count)),
  );
  return more === count ? pairs : joined(pairs, part(even, axis, count, 1), axis);
};

/** Elements 0 and 1, 2 and 3, and so on, combined; a last one without a partner is left out. */
const halved = (combine: Combine, xs: Scanned, axis: number): Scanned => {
  const count = Math.floor(lengthOf(xs, axis) / 2);
  const taken = (which: 0 | 1): Scanned => ofPairs(xs, axis, { from: 0, count, which });
  return combine(taken(0), taken(1));
};

const scanned = (combine: Combine, xs: Scanned, axis: number): Scanned => {
  const n = lengthOf(xs, axis);
  if (n < 2) return xs;
  // What ends at an odd place is a running combination of pairs; an element more ends at an even one.
  const odd = scanned(combine, halved(combine, xs, axis), axis);
  const first = part(xs, axis, 0, 1);
  if (n === 2) return inTurn(first, odd, axis);
  const count = Math.ceil(n / 2) - 1;
  const added = ofPairs(xs, axis, { from: 1, count, which: 1 });
  const even = joined(first, combine(part(odd, axis, 0, count), added), axis);
  return inTurn(even, odd, axis);
};

const reduced = (combine: Combine, xs: Scanned, axis: number): Scanned => {
  const n = lengthOf(xs, axis);
  if (n < 2) return xs;
  const pairs = halved(combine, xs, axis);
  const rest = n % 2 === 0 ? pairs : joined(pairs, part(xs, axis, n - 1, 1), axis);
  return reduced(combine, rest, axis);
};

/** The axis of elements, of which there is one at least. */
const axisOf = (who: string, xs: Scanned, axis: number): number => {
  const tensors = tensorsOf(xs);
  const [first] = tensors;
  const found = axis < 0 ? axis + (first?.rank ?? 0) : axis;
  const lengths = tensors.map(({ shape }) => shape[found] ?? 0);
  const [length = 0] = lengths;
  demand(
    Number.isInteger(found) && found >= 0 && length > 0 && lengths.every((n) => n === length),
    who,
    `tensors with one length of at least 1 along axis ${axis}`,
    tensors.length === 0
      ? 'no tensors'
      : `shapes ${tensors.map(({ shape }) => showShape(shape)).join(', ')}`,
    'move the elements to one axis of all tensors',
  );
  return found;
};

/** The same, held to what a function of many elements at once gives. */
const held =
  (who: string, combine: Combine): Combine =>
  (a, b) => {
    const made = combine(a, b);
    const [given, found] = [tensorsOf(a), tensorsOf(made)];
    const at = given.findIndex(({ shape }, i) => !sameShape(shape, found[i]?.shape ?? []));
    demand(
      at < 0 && given.length === found.length,
      who,
      `combine to give ${at < 0 ? `${given.length} tensors` : `shape ${showShape(given[at]?.shape ?? [])}`}, ` +
        'as it was given for many elements at once',
      at < 0 ? found.length : showShape(found[at]?.shape ?? []),
      'leave the axis of the elements, and all others, as they are',
    );
    return made;
  };

/**
 * Running combinations of elements along an axis: yₜ = x₀ ∘ x₁ ∘ … ∘ xₜ, for any associative ∘.
 *
 * As many operations are written down as the logarithm of the length, times two: a series of 10,000 elements
 * has 25 calls of `combine`, each of many elements at once, which are fewer than twice the length in all.
 *
 * - `combine(a, b)` is given many elements at once, along the same axis, and combines them one by one, a before
 *   b; it must be associative, and need not be commutative. Its result has the form and the shapes of a.
 * - Shapes: those of `xs`, a tensor or tensors in a list or a record, whose `axis` has one length.
 * - `reverse`: yₜ combines the last elements down to xₜ, `combine(later, earlier)`, as in JAX.
 * - Gradient: passes, as `combine` has one.
 * - Errors: tensors of several lengths, or of none, and a `combine` that changes shapes, are a `RangeError`.
 * - Source: Blelloch 1990, Prefix Sums and Their Applications, section 1.4; `jax.lax.associative_scan`.
 *
 * @example
 * ```ts
 * associativeScan((a: Tensor, b: Tensor) => tf.mul(a, b), tf.tensor1d([1, 2, 3, 4])).arraySync(); // [1, 2, 6, 24]
 * // xₜ = aₜ xₜ₋₁ + bₜ: maps of one number, one after another.
 * type Line = { readonly a: Tensor; readonly b: Tensor };
 * const then = (f: Line, g: Line): Line => ({ a: tf.mul(f.a, g.a), b: tf.add(tf.mul(g.a, f.b), g.b) });
 * const lines: Line = { a: tf.tensor1d([0, 0.5, 0.5]), b: tf.tensor1d([8, 0, 1]) };
 * associativeScan(then, lines).b.arraySync(); // [8, 4, 3]
 * ```
 */
export function associativeScan<A extends Scanned>(
  combine: (a: A, b: A) => A,
  xs: A,
  options?: ScanOptions,
): A;
export function associativeScan(
  combine: Combine,
  xs: Scanned,
  { axis = 0, reverse = false }: ScanOptions = {},
): Scanned {
  const at = axisOf('associativeScan', xs, axis);
  const both = held('associativeScan', combine);
  if (!reverse) return scanned(both, xs, at);
  const turned = (x: Scanned): Scanned => each(x, (a) => tf.reverse(a, at));
  return turned(scanned(both, turned(xs), at));
}

/**
 * The combination of all elements along an axis, of which one is left: fewer calls of `combine` than running
 * combinations take, by half.
 */
export function associativeReduce<A extends Scanned>(
  combine: (a: A, b: A) => A,
  xs: A,
  options?: Pick<ScanOptions, 'axis'>,
): A;
export function associativeReduce(
  combine: Combine,
  xs: Scanned,
  { axis = 0 }: Pick<ScanOptions, 'axis'> = {},
): Scanned {
  return reduced(held('associativeReduce', combine), xs, axisOf('associativeReduce', xs, axis));
}

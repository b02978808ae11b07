/**
 * Vectors in ascending order, and the maps onto them by the logarithms of their steps: cut points, and the
 * places of the components of a mixture, which are told apart by their order.
 *
 * Source: Stan Reference Manual, sections "Ordered vector" and "Positive ordered vector".
 */
import * as tf from '@tensorflow/tfjs';
import type { Domain } from '../checks/domain.js';
import { SMALLEST } from '../checks/off-bounds.js';
import { along, initAlong, tailAlong } from '../tensors/along.js';
import { choose, equal } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';
import { isArray } from './array.js';
import { positive } from './half-line.js';
import { isWithin } from './inclusion.js';
import { real } from './real.js';
import type { Bijector, ContinuousSupport, ScalarSupport } from './support.js';

/** Vectors whose every entry is larger than the one before it. */
export interface OrderedVector extends ContinuousSupport<'orderedVector'> {
  readonly kind: 'orderedVector';
}

/** Vectors of positive numbers whose every entry is larger than the one before it. */
export interface PositiveOrderedVector extends ContinuousSupport<'positiveOrderedVector'> {
  readonly kind: 'positiveOrderedVector';
}

/** How much larger each entry is than the one before it, the first than `start`. */
const stepsOf = (event: readonly number[], start: number): readonly number[] =>
  event.map((x, i) => x - (i === 0 ? start : (event[i - 1] ?? x)));

/** Vectors whose steps from `start` on are all good. */
const ascending = (
  words: string,
  name: string,
  entry: (x: number) => boolean,
  isStep: (step: number) => boolean,
): Domain => ({
  words,
  cure: `sort it, or use a param with { support: ${name} }`,
  rank: 1,
  entry,
  together: (entries) => {
    const value = stepsOf(entries, -Infinity).find((step) => !isStep(step));
    return value === undefined ? undefined : { value, of: 'a step of' };
  },
});

/** What ordered vectors with entries in `base` share. */
const orderedOver = (base: ScalarSupport, words: string, name: string, start: number) => {
  const { entry, closure } = base;
  const onEntries = (of: Domain['entry']) => (x: number) => of(x, 0, 0);
  return {
    ...ascending(words, name, onEntries(entry), (step) => step > 0),
    closure: ascending(words, name, onEntries(closure.entry), (step) => step >= 0),
    name,
    eventRank: 1,
    isDiscrete: false,
    some: (shape: readonly number[]) => {
      const n = shape.at(-1) ?? 1;
      return tf.add(tf.range(1, n + 1), tf.zeros([...shape]));
    },
    room: (event: readonly number[]) => Math.min(...stepsOf(event, start)),
  };
};

/** Vectors whose every entry is larger than the one before it. */
export const orderedVector: OrderedVector = {
  ...orderedOver(real, 'in ascending order', 'orderedVector', -Infinity),
  kind: 'orderedVector',
  isWithin: (outer) =>
    outer.kind === 'orderedVector' ||
    (isArray(outer) && outer.eventRank === 1 && isWithin(real, outer.base)),
  bijector: () => ordered,
};

/** Vectors of positive numbers whose every entry is larger than the one before it. */
export const positiveOrderedVector: PositiveOrderedVector = {
  ...orderedOver(positive, 'positive and in ascending order', 'positiveOrderedVector', 0),
  kind: 'positiveOrderedVector',
  isWithin: (outer) =>
    outer.kind === 'positiveOrderedVector' ||
    outer.kind === 'orderedVector' ||
    (isArray(outer) && outer.eventRank === 1 && isWithin(positive, outer.base)),
  bijector: () => positiveOrdered,
};

/** The first entry, and the others. */
const parted = (x: Tensor): readonly [Tensor, Tensor] => [along(x, -1, 0, 1), tailAlong(x, -1)];

/** log of how far each entry is from the one before it; entries that float32 made one are as near as can be. */
const logSteps = (y: Tensor): Tensor => {
  const steps = tf.sub(tailAlong(y, -1), initAlong(y, -1));
  return tf.log(choose(equal(steps, tf.scalar(0)), tf.scalar(SMALLEST), steps));
};

const unchanged = (shape: readonly number[]): readonly number[] => shape;

/**
 * The bijector onto vectors in ascending order, y₁ = x₁ and y_i = y_{i − 1} + exp x_i; log |det J| = Σ_{i > 1} x_i.
 *
 * - Edges: entries that are equal count as 2⁻¹⁰⁰ apart, without gradient.
 *
 * @example
 * ```ts
 * bijectors.ordered.forward(asTensor([-1, 0, Math.log(2)])).arraySync(); // [-1, 0, 2]
 * ```
 */
export const ordered: Bijector<OrderedVector> = {
  name: 'ordered',
  key: 'ordered',
  codomain: orderedVector,
  parameters: [],
  inputRank: 1,
  inputShape: unchanged,
  outputShape: unchanged,
  forward: (x) => {
    const [first, rest] = parted(x);
    return tf.cumsum(tf.concat([first, tf.exp(rest)], -1), x.rank - 1);
  },
  inverse: (y) => tf.concat([parted(y)[0], logSteps(y)], -1),
  logAbsDetJacobian: (x) => tf.sum(parted(x)[1], -1),
};

/**
 * The bijector onto positive vectors in ascending order, y_i = exp x₁ + … + exp x_i; log |det J| = Σ x_i.
 *
 * - Edges: entries that are equal count as 2⁻¹⁰⁰ apart, without gradient.
 *
 * @example
 * ```ts
 * bijectors.positiveOrdered.forward(asTensor([0, 0, Math.log(2)])).arraySync(); // [1, 2, 4]
 * ```
 */
export const positiveOrdered: Bijector<PositiveOrderedVector> = {
  name: 'positiveOrdered',
  key: 'positiveOrdered',
  codomain: positiveOrderedVector,
  parameters: [],
  inputRank: 1,
  inputShape: unchanged,
  outputShape: unchanged,
  forward: (x) => tf.cumsum(tf.exp(x), x.rank - 1),
  inverse: (y) => tf.concat([tf.log(parted(y)[0]), logSteps(y)], -1),
  logAbsDetJacobian: (x) => tf.sum(x, -1),
};

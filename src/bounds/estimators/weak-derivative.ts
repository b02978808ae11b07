/**
 * Weak derivatives: the values at which a cost is compared, and what each weighs, so that
 * ∂/∂φ E_q f = E Σ_c f(z_c) ∂weight_c/∂φ. The weights' derivatives sum to 0.
 *
 * - Bernoulli and the categoricals: z_c is each value in turn and weight_c its probability.
 * - Normal: for the location z± = μ ± σ R, R Rayleigh, and weight ±μ / (σ √2π); for the scale
 *   z⁺ = μ + σ M, z⁻ = μ + σ M U, M double-sided Maxwell and U uniform, and weight ±σ, over σ. M U
 *   is a standard normal number.
 *
 * Source: Mohamed et al. 2020, Monte Carlo Gradient Estimation in Machine Learning, section 6,
 * arXiv:1906.10652.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Noise,
  type Tensor,
  choose,
  greater,
  baseNoise,
} from '../../../dsl/index.js';
import { overwritten } from '../../../dsl/combinators/partly.js';
import { cutOff } from '../../../dsl/tensors/gradient.js';
import { dropLast, sizeOf } from '../../../dsl/tensors/shape.js';
import { expandTo, sumLast } from '../../../dsl/tensors/tensor.js';

/** Values `[C, ...batch, ...event]`, and their weights `[C, ...batch]`, which carry the gradient. */
export interface WeakDerivative {
  readonly values: Tensor;
  readonly weights: Tensor;
  /** Whether weights are the chances of the values: one of 0 is never drawn. */
  readonly areChances: boolean;
}

/** What stands for one cell's draw, in every cell at once, and what it weighs there. */
interface Side {
  readonly value: Tensor;
  readonly weight: Tensor;
}

/** Gives block `block` of noise of a law, one number for each cell, with more on the right. */
export type CellNoise = (block: number, noise: Noise) => Tensor;

/** Blocks of noise for a Normal: a Rayleigh number, a Maxwell number, and how far that is drawn in. */
const RAYLEIGH = 0;
const MAXWELL = 1;
const SHRINK = 2;

const normalSides = (loc: Tensor, scale: Tensor, draw: CellNoise): readonly Side[] => {
  const [m, s] = [cutOff(loc), cutOff(scale)];
  const rayleigh = tf.mul(s, tf.sqrt(tf.mul(tf.log(draw(RAYLEIGH, baseNoise('uniform'))), -2)));
  const three = draw(MAXWELL, baseNoise('normal', [3]));
  const length = tf.sqrt(tf.sum(tf.square(three), -1));
  const first = tf.squeeze(
    tf.slice(
      three,
      [...dropLast(three.shape, 1).map(() => 0), 0],
      [...dropLast(three.shape, 1), 1],
    ),
    [-1],
  );
  const maxwell = tf.mul(s, choose(greater(first, tf.zerosLike(first)), length, tf.neg(length)));
  const shrunk = tf.mul(maxwell, draw(SHRINK, baseNoise('uniform')));
  const byLoc = tf.mul(loc, tf.div(1 / Math.sqrt(2 * Math.PI), s));
  const byScale = tf.div(scale, s);
  return [
    { value: tf.add(m, rayleigh), weight: byLoc },
    { value: tf.sub(m, rayleigh), weight: tf.neg(byLoc) },
    { value: tf.add(m, maxwell), weight: byScale },
    { value: tf.add(m, shrunk), weight: tf.neg(byScale) },
  ];
};

const bernoulliSides = (logits: Tensor, probs?: Tensor): readonly Side[] => [
  { value: tf.scalar(0), weight: probs ? tf.sub(1, probs) : tf.sigmoid(tf.neg(logits)) },
  { value: tf.scalar(1), weight: probs ?? tf.sigmoid(logits) },
];

/** A vector with a 1 for class k. */
const classVector = (classes: number, k: number): Tensor =>
  tf.tensor1d(Array.from({ length: classes }, (_, j) => Number(j === k)));

const classSides = (
  { logits, probs: stated }: { readonly logits: Tensor; readonly probs?: Tensor },
  valueOf: (vector: Tensor, k: number) => Tensor,
): readonly Side[] => {
  const classes = logits.shape.at(-1) ?? 0;
  const probs = stated ?? tf.exp(logits);
  return Array.from({ length: classes }, (_, k): Side => {
    const vector = classVector(classes, k);
    return { value: valueOf(vector, k), weight: tf.sum(tf.mul(probs, vector), -1) };
  });
};

const sidesOf = ({ family }: Distribution, draw: CellNoise): readonly Side[] | undefined => {
  if (family.tag === 'Normal') return normalSides(family.loc, family.scale, draw);
  if (family.tag === 'Bernoulli') return bernoulliSides(family.logits, family.probs);
  if (family.tag === 'Categorical') return classSides(family, (_, k) => tf.scalar(k));
  if (family.tag === 'OneHotCategorical') return classSides(family, (vector) => vector);
  return family.tag === 'Independent' || family.tag === 'Expanded' || family.tag === 'Partly'
    ? sidesOf(family.base, draw)
    : undefined;
};

/** Whether a family's weak derivative is known. A mask would hide the law of what is drawn. */
export const hasWeakDerivative = ({ family }: Distribution): boolean =>
  family.tag === 'Independent' || family.tag === 'Expanded' || family.tag === 'Partly'
    ? hasWeakDerivative(family.base)
    : ['Normal', 'Bernoulli', 'Categorical', 'OneHotCategorical'].includes(family.tag);

/** How many axes of an event make one cell: those of the innermost family. */
const cellRank = ({ family, eventShape }: Distribution): number =>
  family.tag === 'Independent' || family.tag === 'Expanded' || family.tag === 'Partly'
    ? cellRank(family.base)
    : eventShape.length;

/** The weak derivative at a draw `[...batch, ...event]`, one cell of the event after the other. */
export const weakDerivative = (
  d: Distribution,
  value: Tensor,
  draw: CellNoise,
): WeakDerivative | undefined => {
  const sides = sidesOf(d, draw);
  if (sides === undefined) return undefined;
  const inner = cellRank(d);
  const batch = dropLast(value.shape, d.eventShape.length);
  const cellShape = dropLast(d.eventShape, inner);
  const cells = sizeOf(cellShape);
  const own = tf.reshape(tf.eye(cells), [cells, ...batch.map(() => 1), ...cellShape]);
  const ownEvent = tf.reshape(own, [...own.shape, ...Array.from({ length: inner }, () => 1)]);
  const known = d.family.tag === 'Partly' ? d.family : undefined;
  // Values that are compared do not differ where they are known.
  const placed = (x: Tensor): Tensor =>
    known === undefined ? x : overwritten(known, x, d.eventShape.length);
  return {
    values: placed(
      tf.concat(
        sides.map((side) => choose(ownEvent, expandTo(side.value, value.shape), value)),
        0,
      ),
    ),
    weights: tf.concat(
      sides.map((side) =>
        sumLast(tf.mul(own, expandTo(side.weight, [...batch, ...cellShape])), cellShape.length),
      ),
      0,
    ),
    areChances: d.sampler.enumeration !== undefined,
  };
};

/**
 * Weak derivatives: the values at which a cost is compared, and what each weighs, so that
 * ∂/∂φ E_q f = E Σ_c f(z_c) ∂weight_c/∂φ. The weights' derivatives sum to 0.
 *
 * Source: Mohamed et al. 2020, Monte Carlo Gradient Estimation in Machine Learning, section 6,
 * arXiv:1906.10652.
 */
import * as tf from '@tensorflow/tfjs';
import { type CellNoise, type Distribution, type Tensor, choose } from '../../../dsl/index.js';
import { overwritten } from '../../../dsl/combinators/partly.js';
import { dropLast, sizeOf } from '../../../dsl/tensors/shape.js';
import { expandTo, sumLast } from '../../../dsl/tensors/tensor.js';

/** Values `[C, ...batch, ...event]`, and their weights `[C, ...batch]`, which carry the gradient. */
export interface WeighedDraws {
  readonly values: Tensor;
  readonly weights: Tensor;
  /** Whether weights are the chances of the values: one of 0 is never drawn. */
  readonly areChances: boolean;
}

/** The weak derivative at a draw `[...batch, ...event]`, one cell of the event after the other. */
export const weighedDraws = (
  d: Distribution,
  value: Tensor,
  draw: CellNoise,
): WeighedDraws | undefined => {
  const { weakDerivative: weak, enumeration } = d.sampler;
  if (weak === undefined) return undefined;
  const sides = weak.values(draw);
  const inner = weak.cellRank;
  const batch = dropLast(value.shape, d.eventShape.length);
  const cellShape = dropLast(d.eventShape, inner);
  const cells = sizeOf(cellShape);
  const own = tf.reshape(tf.eye(cells), [cells, ...batch.map(() => 1), ...cellShape]);
  const ownEvent = tf.reshape(own, [...own.shape, ...Array.from({ length: inner }, () => 1)]);
  const known = d.structure?._tag === 'partly' ? d.structure : undefined;
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
    areChances: enumeration !== undefined,
  };
};

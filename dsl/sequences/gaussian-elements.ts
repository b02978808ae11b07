/**
 * What steps of a linear Gaussian state space say of a state, as elements that can be joined in any grouping: of
 * the steps i to j together p(x_j | y_i…y_j, x_{i−1}) = N(A x_{i−1} + b, C) and p(y_i…y_j | x_{i−1}) ∝ exp(ηᵀx − ½ xᵀ J x).
 *
 * Source: Särkkä and García-Fernández 2021, Temporal Parallelization of Bayesian Smoothers, lemmas 7 and 8,
 * doi:10.1109/TAC.2020.2976316.
 */
import * as tf from '@tensorflow/tfjs';
import { solveRowsOf } from '../numerics/matrices/elimination.js';
import { swapped } from '../numerics/matrices/factors.js';
import { matMul } from '../numerics/linear-algebra.js';
import type { Tensor } from '../tensors/tensor.js';

/** `[..., steps, n, n]` and `[..., steps, n, columns]`. */
export type Said = {
  /** A. */
  readonly move: Tensor;
  /** b. */
  readonly mean: Tensor;
  /** C. */
  readonly covariance: Tensor;
  /** η. */
  readonly pull: Tensor;
  /** J. */
  readonly precision: Tensor;
};

const symmetric = (m: Tensor): Tensor => tf.mul(tf.add(m, swapped(m)), 0.5);

/** M P Mᵀ. */
export const through = (m: Tensor, p: Tensor): Tensor => matMul(matMul(m, p), swapped(m));

/** (1 + C J)⁻¹, which there is of any two covariances, singular ones among them. */
const shrunk = (covariance: Tensor, precision: Tensor): Tensor => {
  const one = tf.eye(covariance.shape.at(-1) ?? 1);
  return solveRowsOf(tf.add(one, matMul(covariance, precision)), one, true);
};

/** What two runs of steps say together, the first before the second. */
export const saidByBoth = (a: Said, b: Said): Said => {
  const inner = shrunk(a.covariance, b.precision);
  const ahead = matMul(b.move, inner);
  const behind = swapped(matMul(inner, a.move));
  const seen = tf.add(a.mean, matMul(a.covariance, b.pull));
  const missed = tf.sub(b.pull, matMul(b.precision, a.mean));
  return {
    move: matMul(ahead, a.move),
    mean: tf.add(matMul(ahead, seen), b.mean),
    covariance: symmetric(
      tf.add(matMul(matMul(ahead, a.covariance), swapped(b.move)), b.covariance),
    ),
    pull: tf.add(matMul(behind, missed), a.pull),
    precision: symmetric(tf.add(matMul(matMul(behind, b.precision), a.move), a.precision)),
  };
};

/** A law of the state, and what is said of it afterwards, as a law. */
export const toldOf = (
  { mean, covariance }: Pick<Said, 'mean' | 'covariance'>,
  { pull, precision }: Pick<Said, 'pull' | 'precision'>,
): Pick<Said, 'mean' | 'covariance'> => {
  const inner = shrunk(covariance, precision);
  return {
    mean: matMul(inner, tf.add(mean, matMul(covariance, pull))),
    covariance: symmetric(matMul(inner, covariance)),
  };
};

/** What is seen of states: y = H x + noise of covariance R. */
export interface View {
  readonly view: Tensor;
  readonly noise: Tensor;
  readonly seen: Tensor;
}

/**
 * What one step says, whose state has mean u + F x and covariance Q before it is seen. The covariance after is by
 * Joseph's form, which takes nothing off: a wide Q, of a first state that nobody knows, keeps its digits.
 */
export const saidByOne = (
  move: Tensor,
  { offset, covariance }: { readonly offset: Tensor; readonly covariance: Tensor },
  { view, noise, seen }: View,
): Said => {
  const spread = tf.add(through(view, covariance), noise);
  const gain = solveRowsOf(spread, matMul(covariance, swapped(view)), false);
  const left = tf.sub(tf.eye(covariance.shape.at(-1) ?? 1), matMul(gain, view));
  const shown = matMul(view, move);
  const weight = solveRowsOf(spread, swapped(shown), false);
  const start = tf.expandDims(offset, -1);
  const surprise = tf.sub(seen, matMul(view, start));
  return {
    move: matMul(left, move),
    mean: tf.add(start, matMul(gain, surprise)),
    covariance: symmetric(tf.add(through(left, covariance), through(gain, noise))),
    pull: matMul(weight, surprise),
    precision: symmetric(matMul(weight, shown)),
  };
};

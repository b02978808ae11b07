/** Divergences of normals: of numbers, and of vectors that are independent or not. */
import * as tf from '@tensorflow/tfjs';
import { solveRows, swapped } from '../numerics/matrices/factors.js';
import { diagonalMatrix, triangularLogDet, triangularSolve } from '../numerics/linear-algebra.js';
import type { Tensor } from '../tensors/tensor.js';

/** Where a law lies and how wide it is. */
export type LocationScale = { readonly loc: Tensor; readonly scale: Tensor };

/**
 * log(σ_p / σ_q) + ½ ((σ_q² + (μ_q − μ_p)²) / σ_p² − 1)
 * (Kingma and Welling 2014, appendix B, arXiv:1312.6114).
 */
export const klNormal = (q: LocationScale, p: LocationScale): Tensor => {
  const ratio = tf.div(q.scale, p.scale);
  const shift = tf.square(tf.div(tf.sub(q.loc, p.loc), p.scale));
  const squares = tf.mul(tf.sub(tf.add(tf.square(ratio), shift), 1), 0.5);
  // The logarithm is of the ratio, not of its square, which would underflow much earlier.
  return tf.sub(squares, tf.log(ratio));
};

/** A normal vector by its mean and the factor of its covariance. */
export type Gaussian = { readonly loc: Tensor; readonly scaleTril: Tensor };

/**
 * ½ (|L_p⁻¹ L_q|² + |L_p⁻¹(μ_q − μ_p)|² − k) + Σ log diag L_p − Σ log diag L_q
 * (Duchi, Derivations for Linear Algebra and Optimization, section 9).
 */
export const klDense = (q: Gaussian, p: Gaussian): Tensor => {
  const k = q.loc.shape[q.loc.rank - 1] ?? 1;
  // The columns of L_q are the rows that are solved for.
  const spread = tf.sum(tf.square(solveRows(p.scaleTril, swapped(q.scaleTril), false)), [-2, -1]);
  const shift = tf.sum(tf.square(triangularSolve(p.scaleTril, tf.sub(q.loc, p.loc))), -1);
  const logDets = tf.sub(triangularLogDet(p.scaleTril), triangularLogDet(q.scaleTril));
  return tf.add(tf.mul(tf.sub(tf.add(spread, shift), k), 0.5), logDets);
};

/** The same for p with a diagonal factor: no inverse is needed. */
export const klToDiagonal = (q: Gaussian, p: LocationScale): Tensor => {
  const k = q.loc.shape[q.loc.rank - 1] ?? 1;
  const spread = tf.sum(
    tf.square(tf.div(q.scaleTril, tf.expandDims(tf.add(p.scale, tf.zerosLike(q.loc)), -1))),
    [-2, -1],
  );
  const shift = tf.sum(tf.square(tf.div(tf.sub(q.loc, p.loc), p.scale)), -1);
  const logP = tf.sum(tf.add(tf.log(p.scale), tf.zerosLike(q.loc)), -1);
  return tf.add(
    tf.mul(tf.sub(tf.add(spread, shift), k), 0.5),
    tf.sub(logP, triangularLogDet(q.scaleTril)),
  );
};

/** The same vector by its factor. */
export const denseOf = ({ loc, scale }: LocationScale): Gaussian => ({
  loc: tf.add(loc, tf.zerosLike(scale)),
  scaleTril: diagonalMatrix(tf.add(scale, tf.zerosLike(loc))),
});

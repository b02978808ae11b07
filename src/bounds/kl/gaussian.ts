/** Divergences of normals: of numbers, and of vectors that are independent or not. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from '../../../dsl/index.js';
import { solveRows, swapped } from '../../../dsl/numerics/factors.js';
import {
  diagonalMatrix,
  triangularLogDet,
  triangularSolve,
} from '../../../dsl/numerics/linear-algebra.js';

export interface NormalPair {
  readonly loc: Tensor;
  readonly scale: Tensor;
}

/**
 * log(σ_p / σ_q) + ½ ((σ_q² + (μ_q − μ_p)²) / σ_p² − 1)
 * (Kingma and Welling 2014, appendix B, arXiv:1312.6114).
 */
export const klNormal = (q: NormalPair, p: NormalPair): Tensor => {
  const ratio = tf.div(q.scale, p.scale);
  const shift = tf.square(tf.div(tf.sub(q.loc, p.loc), p.scale));
  const squares = tf.mul(tf.sub(tf.add(tf.square(ratio), shift), 1), 0.5);
  // The logarithm is of the ratio, not of its square, which would underflow much earlier.
  return tf.sub(squares, tf.log(ratio));
};

interface Gaussian {
  readonly loc: Tensor;
  readonly scaleTril: Tensor;
}

/**
 * ½ (|L_p⁻¹ L_q|² + |L_p⁻¹(μ_q − μ_p)|² − k) + Σ log diag L_p − Σ log diag L_q
 * (Duchi, Derivations for Linear Algebra and Optimization, section 9).
 */
const klDense = (q: Gaussian, p: Gaussian): Tensor => {
  const k = q.loc.shape[q.loc.rank - 1] ?? 1;
  // The columns of L_q are the rows that are solved for.
  const spread = tf.sum(tf.square(solveRows(p.scaleTril, swapped(q.scaleTril), false)), [-2, -1]);
  const shift = tf.sum(tf.square(triangularSolve(p.scaleTril, tf.sub(q.loc, p.loc))), -1);
  const logDets = tf.sub(triangularLogDet(p.scaleTril), triangularLogDet(q.scaleTril));
  return tf.add(tf.mul(tf.sub(tf.add(spread, shift), k), 0.5), logDets);
};

/** The same for p with a diagonal factor: no inverse is needed. */
const klToDiagonal = (q: Gaussian, p: NormalPair): Tensor => {
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

/** The location and scale of a normal, filled to its batch. */
const normalOf = (d: Distribution): NormalPair | undefined => {
  if (d.family.tag === 'Normal') return d.family;
  if (d.family.tag !== 'Expanded') return undefined;
  const inner = normalOf(d.family.base);
  if (inner === undefined) return undefined;
  const fill = tf.zeros([...d.family.batchShape]);
  return { loc: tf.add(inner.loc, fill), scale: tf.add(inner.scale, fill) };
};

/** The location and scale of a vector of independent normals, if that is what `d` is. */
const diagonalNormal = (d: Distribution): NormalPair | undefined =>
  d.family.tag === 'Independent' && d.family.rank === 1 ? normalOf(d.family.base) : undefined;

const dense = ({ loc, scale }: NormalPair): Gaussian => ({
  loc: tf.add(loc, tf.zerosLike(scale)),
  scaleTril: diagonalMatrix(tf.add(scale, tf.zerosLike(loc))),
});

const gaussianOf = (d: Distribution): Gaussian | undefined => {
  if (d.family.tag === 'MultivariateNormal') return d.family;
  const diagonal = diagonalNormal(d);
  return diagonal && dense(diagonal);
};

/** Between vectors of which each is multivariate normal or made of independent normals. */
export const klNormalVectors = (q: Distribution, p: Distribution): Tensor | undefined => {
  const diagonalP = diagonalNormal(p);
  if (q.family.tag === 'MultivariateNormal' && diagonalP) return klToDiagonal(q.family, diagonalP);
  const fullQ = gaussianOf(q);
  const fullP = gaussianOf(p);
  return fullQ && fullP && klDense(fullQ, fullP);
};

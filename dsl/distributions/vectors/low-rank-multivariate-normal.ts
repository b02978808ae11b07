import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Gaussian, klDense } from '../../divergences/gaussian.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { gramCholesky } from '../../numerics/matrices/covariance-factors.js';
import { solveRows, swapped } from '../../numerics/matrices/factors.js';
import { matVec, triangularLogDet, triangularSolve } from '../../numerics/linear-algebra.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type ArrayOf, type Real, positive, real, realVector } from '../../supports/index.js';
import { baseNoise } from '../../tensors/noise.js';
import { showShape } from '../../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { diagonalNormal } from '../real-line/normal.js';
import { gaussianOf } from './multivariate-normal.js';

type LowRank = {
  readonly loc: Tensor;
  readonly covFactor: Tensor;
  readonly covDiag: Tensor;
};

export const lowRankMultivariateNormalFamily: Family<LowRank> = {
  name: 'LowRankMultivariateNormal',
  axes: { loc: 1, covFactor: 2, covDiag: 1 },
  of: ({ loc, covFactor, covDiag }) => lowRankMultivariateNormal(loc, covFactor, covDiag),
};

/** mᵀ v of matrices `[..., k, r]` and vectors `[..., k]`. */
const across = (v: Tensor, m: Tensor): Tensor => {
  const [k = 1, r = 1] = m.shape.slice(-2);
  return m.rank === 2
    ? tf.reshape(tf.matMul(tf.reshape(v, [-1, k]), m), [...v.shape.slice(0, -1), r])
    : tf.sum(tf.mul(tf.expandDims(v, -1), m), -2);
};

/** The law by the factor of its whole covariance, found in double precision. */
const denseOf = ({ loc, covFactor, covDiag }: LowRank): Gaussian => ({
  loc,
  scaleTril: gramCholesky(covFactor, covDiag),
});

/** A normal vector, of whatever family. */
const anyGaussian = (d: Distribution): Gaussian | undefined =>
  isOf(d, lowRankMultivariateNormalFamily) ? denseOf(d.parameters) : gaussianOf(d);

/** The three parameters, whose last axes must agree: anything else would broadcast without a word. */
const checked = (parameters: LowRank): readonly [numbers: number, rank: number] => {
  const { loc, covFactor, covDiag } = parameters;
  const k = loc.shape.at(-1);
  const [rows, rank] = covFactor.shape.slice(-2);
  if (k === undefined || rank === undefined || rows !== k || covDiag.shape.at(-1) !== k) {
    throw new RangeError(
      `lowRankMultivariateNormal: expected loc of shape [..., k], covFactor of shape [..., k, r] and covDiag of ` +
        `shape [..., k], but got ${[loc, covFactor, covDiag].map((x) => showShape(x.shape)).join(', ')}; ` +
        'give one row of covFactor and one entry of covDiag for each number of loc.',
    );
  }
  return [k, rank];
};

/**
 * The multivariate normal distribution with mean `loc` and covariance Σ = W Wᵀ + diag(D) for a `covFactor` W of few
 * columns and a `covDiag` D.
 *
 * log p(z) = −½ (|D^(−½) (d − W u)|² + |u|²) − ½ log |Σ| − k/2 log 2π, in nats, with d = z − loc, the u that makes it
 * largest, u = M⁻¹ Wᵀ D⁻¹ d, and M = 1 + Wᵀ D⁻¹ W: dᵀ Σ⁻¹ d as a sum of squares, of which Woodbury's formula is the
 * difference. log |Σ| = log |M| + Σ log D.
 *
 * - Shapes: `loc` and `covDiag` are `[..., k]`, `covFactor` `[..., k, r]`; batch is what is left of them, broadcast.
 *   A matrix of k × k numbers is made for divergences to and from laws with a full covariance alone.
 * - Gradient: pathwise, z = loc + W ε + √D η.
 * - Edges: a tensor `covDiag` of 0 or below gives NaN or infinities. The factor of M is found in double precision.
 * - Errors: a `RangeError` where the last axes do not agree.
 * - Source: Petersen and Pedersen, The Matrix Cookbook, sections 3.2.2 and 1.2.
 *
 * @example
 * ```ts
 * const d = lowRankMultivariateNormal([0, 0], [[1], [1]], [1, 1]);
 * d.logProb(tf.tensor1d([0, 0])).dataSync()[0]; // -Math.log(2 * Math.PI) - Math.log(3) / 2
 * ```
 */
export const lowRankMultivariateNormal = (
  loc: TensorLike,
  covFactor: TensorLike,
  covDiag: TensorLike,
): Distribution<ArrayOf<Real>, 'pathwise'> => {
  const m = asTensor(loc);
  const w = asTensor(covFactor);
  const d = asTensor(covDiag);
  const own: LowRank = { loc: m, covFactor: w, covDiag: d };
  const [k, rank] = checked(own);
  const deviations = tf.sqrt(d);
  /** D^(−½) W. */
  const scaled = tf.div(w, tf.expandDims(deviations, -1));
  const capacitance = gramCholesky(swapped(scaled), tf.ones([rank]));
  const halfLogDet = (): Tensor =>
    tf.add(triangularLogDet(capacitance), tf.mul(tf.sum(tf.log(d), -1), 0.5));
  const variance = (): Tensor => tf.add(tf.sum(tf.square(w), -1), d);
  return distribution({
    family: lowRankMultivariateNormalFamily,
    parameters: own,
    arguments: argumentsOf('lowRankMultivariateNormal', {
      loc: [loc, m, real, 1],
      covFactor: [covFactor, w, real, 2],
      covDiag: [covDiag, d, positive, 1],
    }),
    support: realVector,
    eventShape: [k],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal', [rank]), baseNoise('normal', [k])],
      draw: ([shared = tf.zeros([rank]), each = tf.zeros([k])]) => ({
        value: tf.add(tf.add(m, matVec(w, shared)), tf.mul(deviations, each)),
      }),
    },
    logProb: (value) => {
      const far = tf.div(tf.sub(value, m), deviations);
      const half = triangularSolve(capacitance, across(far, scaled));
      const u = tf.squeeze(solveRows(capacitance, tf.expandDims(half, -2), true), [-2]);
      const left = tf.sub(far, matVec(scaled, u));
      const squares = tf.add(tf.sum(tf.square(left), -1), tf.sum(tf.square(u), -1));
      return tf.sub(tf.mul(squares, -0.5), tf.add(halfLogDet(), k * HALF_LOG_TWO_PI));
    },
    mean: () => m,
    variance,
    entropy: () => tf.add(halfLogDet(), k * (0.5 + HALF_LOG_TWO_PI)),
    klTo: (p) => {
      const independent = diagonalNormal(p);
      if (independent) {
        const spread = tf.div(variance(), tf.square(independent.scale));
        const shift = tf.square(tf.div(tf.sub(m, independent.loc), independent.scale));
        const squares = tf.sum(tf.sub(tf.add(spread, shift), 1), -1);
        const logP = tf.sum(tf.add(tf.log(independent.scale), tf.zerosLike(m)), -1);
        return tf.add(tf.mul(squares, 0.5), tf.sub(logP, halfLogDet()));
      }
      const other = anyGaussian(p);
      return other && klDense(denseOf(own), other);
    },
    klFrom: (q) => {
      const other = anyGaussian(q);
      return other && klDense(other, denseOf(own));
    },
  });
};

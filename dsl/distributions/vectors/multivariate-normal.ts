import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { type Gaussian, denseOf, klDense, klToDiagonal } from '../../divergences/gaussian.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { matVec, triangularSolve } from '../../numerics/linear-algebra.js';
import { baseNoise } from '../../tensors/noise.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type ArrayOf, type Real, real, realVector } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { diagonalNormal } from '../real-line/normal.js';
import { type Covariance, factorOf } from './covariance.js';

export const multivariateNormalFamily: Family<Gaussian> = {
  name: 'MultivariateNormal',
  axes: { loc: 1, scaleTril: 2 },
  of: ({ loc, scaleTril }) => multivariateNormal(loc, { scaleTril }),
};

/** The location and factor of a normal vector, of independent entries or not. */
export const gaussianOf = (d: Distribution): Gaussian | undefined => {
  if (isOf(d, multivariateNormalFamily)) return d.parameters;
  const independent = diagonalNormal(d);
  return independent && denseOf(independent);
};

/**
 * The multivariate normal distribution with mean `loc` and full covariance Σ = L Lᵀ.
 *
 * log p(z) = −½ |L⁻¹(z − loc)|² − Σ log diag L − k/2 log 2π, in nats.
 *
 * - Shapes: `loc` is `[..., k]`, the factor `[..., k, k]`; batch is what is left of them, broadcast.
 * - Gradient: pathwise, z = loc + L ε. log q at an own draw is −½|ε|² − Σ log diag L − k/2 log 2π,
 *   so fitting a guide needs no triangular solve.
 * - Edges: a covariance or a precision that is not positive definite gives NaN.
 * - By `precision` or its factor `precisionCholesky`, the factor of Σ is found in double precision, however near Σ⁻¹
 *   is to having no inverse.
 * - Source: Kingma and Welling, An Introduction to Variational Autoencoders, section 2.5.1 and
 *   algorithm 2, arXiv:1906.02691.
 *
 * @example
 * ```ts
 * const d = multivariateNormal([0, 0], { covariance: [[1, 0.5], [0.5, 1]] });
 * d.logProb(tf.tensor1d([0, 0])).dataSync()[0]; // -1.694036
 * ```
 */
export const multivariateNormal = (
  loc: TensorLike,
  covariance: Covariance,
): Distribution<ArrayOf<Real>, 'pathwise'> => {
  const m = asTensor(loc);
  const k = m.shape[m.rank - 1];
  if (k === undefined) {
    throw new RangeError(
      'multivariateNormal: expected loc to be a vector, but got a number; use normal(loc, scale).',
    );
  }
  const { scaleTril, logDet, given } = factorOf(covariance, k);
  const standard = { name: 'standard' };
  const density = (standardised: Tensor): Tensor =>
    tf.sub(tf.mul(tf.sum(tf.square(standardised), -1), -0.5), tf.add(logDet, k * HALF_LOG_TWO_PI));
  return distribution({
    family: multivariateNormalFamily,
    parameters: { loc: m, scaleTril },
    arguments: argumentsOf('multivariateNormal', { loc: [loc, m, real, 1], ...given }),
    support: realVector,
    eventShape: [k],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal', [k])],
      draw: ([e = tf.zeros([k])]) => ({
        value: tf.add(m, matVec(scaleTril, e)),
        preimage: { map: standard, x: e, eventRank: 1 },
      }),
    },
    logProb: (value, preimage) =>
      density(imageUnder(standard, preimage) ?? triangularSolve(scaleTril, tf.sub(value, m))),
    mean: () => m,
    variance: () => tf.sum(tf.square(scaleTril), -1),
    entropy: () => tf.add(logDet, k * (0.5 + HALF_LOG_TWO_PI)),
    klTo: (p) => {
      const independent = diagonalNormal(p);
      if (independent) return klToDiagonal({ loc: m, scaleTril }, independent);
      const other = gaussianOf(p);
      return other && klDense({ loc: m, scaleTril }, other);
    },
    klFrom: (q) => {
      const other = gaussianOf(q);
      return other && klDense(other, { loc: m, scaleTril });
    },
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { klWishart } from '../../divergences/wishart.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { solveRows } from '../../numerics/matrices/factors.js';
import { logGammaRatio } from '../../numerics/gamma-ratio.js';
import { diagonal } from '../../numerics/linear-algebra.js';
import { type LowerCholesky, lowerCholesky } from '../../supports/index.js';
import { choose, greater } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import {
  apart,
  bartlettDraw,
  bartlettEntropy,
  bartlettLogProb,
  bartlettNoise,
  bySquares,
  logVolume,
  meanLogRoot,
} from './bartlett.js';
import { above, freedom, orderOf, upTo } from './degrees-of-freedom.js';
import type { WishartParameters } from './wishart-cholesky.js';

export const inverseWishartCholeskyFamily: Family<WishartParameters> = {
  name: 'InverseWishartCholesky',
  axes: { concentration: 0, scaleTril: 2 },
  of: ({ concentration, scaleTril }) => inverseWishartCholesky(concentration, scaleTril),
};

/** Numbers, and NaN where what they are of does not exist. */
const where = (exists: Tensor, x: Tensor): Tensor => choose(exists, x, tf.scalar(Number.NaN));

/** E[1 / t] of the root t of a chi-square number with n = 2 `half` degrees of freedom: it exists for n > 1. */
const meanInverse = (half: Tensor): Tensor => {
  const x = tf.sub(half, 0.5);
  const log = tf.add(tf.mul(tf.log(tf.mul(x, 2)), 0.5), logGammaRatio(x, 0.5));
  return where(greater(x, tf.scalar(0)), tf.exp(tf.neg(log)));
};

/**
 * The law of the lower Cholesky factor X of an inverse Wishart matrix X Xᵀ with `concentration` ν degrees of freedom and
 * scale L Lᵀ, of which L is `scaleTril`: (X Xᵀ)⁻¹ is a Wishart matrix with scale (L Lᵀ)⁻¹.
 *
 * log p(X) = ν Σ log l_ii − Σ_i (ν + i) log x_ii − ½ |X⁻¹ L|² − (νk/2 − k) log 2 − log Γ_k(ν / 2), in nats, with i from 1 to k
 * and a density over the lower triangle. An inverse Wishart law of matrices has this one's log p less
 * k log 2 + Σ (k − i + 1) log x_ii.
 *
 * - Shapes: `concentration` is `[...]`, `scaleTril` `[..., k, k]`; batch is what is left of them, broadcast. An event is
 *   a matrix of k × k numbers. E[X Xᵀ] = L Lᵀ / (ν − k − 1); `mean` and `variance` are those of the entries of X.
 * - Gradient: pathwise, X = L U⁻¹ with U by Bartlett's decomposition, smooth in ν.
 * - Edges: a tensor `concentration` of k − 1 or below gives NaN. The mean is NaN for ν ≤ k, the variance for ν ≤ k + 1.
 * - Errors: a `RangeError` where `scaleTril` is no stack of square matrices.
 * - Source: Gelman et al., Bayesian Data Analysis, appendix A.
 *
 * @example
 * ```ts
 * // Of one number, 1 over the square root of a chi-square number with three degrees of freedom.
 * const d = inverseWishartCholesky(3, [[1]]);
 * d.logProb(tf.tensor2d([[1]])).dataSync()[0]; // -0.5 - Math.log(Math.PI / 2) / 2
 * ```
 */
export const inverseWishartCholesky = (
  concentration: TensorLike,
  scaleTril: TensorLike,
): Distribution<LowerCholesky, 'pathwise'> => {
  const nu = asTensor(concentration);
  const l = asTensor(scaleTril);
  const k = orderOf('inverseWishartCholesky', l);
  const own = { half: tf.div(nu, 2), taken: upTo(k).toReversed() };
  const half = freedom(own);
  const standard = { name: 'standard' };
  return distribution({
    family: inverseWishartCholeskyFamily,
    parameters: { concentration: nu, scaleTril: l },
    arguments: argumentsOf('inverseWishartCholesky', {
      concentration: [concentration, nu, ...above(k - 1)],
      scaleTril: [scaleTril, l, lowerCholesky, 2],
    }),
    support: lowerCholesky,
    eventShape: [k, k],
    sampler: {
      gradient: 'pathwise',
      noise: bartlettNoise(k),
      draw: (noise) => {
        const x = bartlettDraw(half, noise);
        return { value: solveRows(x, l, true), preimage: { map: standard, x, eventRank: 2 } };
      },
    },
    logProb: (value, preimage) => {
      const u = imageUnder(standard, preimage) ?? apart(value, l);
      const volume = tf.sub(tf.mul(tf.sum(tf.log(diagonal(u)), -1), k + 1), logVolume(l));
      return tf.add(bartlettLogProb(half, u), volume);
    },
    mean: () => tf.mul(l, tf.expandDims(meanInverse(half), -2)),
    variance: () => {
      const n = tf.mul(half, 2);
      const [less1, less2] = [tf.sub(n, 1), tf.sub(n, 2)];
      const exists = greater(less2, tf.scalar(0));
      const on = tf.sub(tf.reciprocal(less2), tf.square(meanInverse(half)));
      const under = tf.reciprocal(tf.mul(less1, less2));
      return bySquares(tf.square(l), where(exists, on), where(exists, under));
    },
    entropy: () => {
      const roots = tf.mul(tf.sum(meanLogRoot(half), -1), k + 1);
      return tf.sub(tf.add(bartlettEntropy(half), logVolume(l)), roots);
    },
    klTo: (p) => {
      if (!isOf(p, inverseWishartCholeskyFamily)) return undefined;
      const other = { half: tf.div(p.parameters.concentration, 2), taken: own.taken };
      return klWishart(own, other, apart(l, p.parameters.scaleTril));
    },
  });
};

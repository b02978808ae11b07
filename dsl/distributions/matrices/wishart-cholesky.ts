import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { klWishart } from '../../divergences/wishart.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { matMul } from '../../numerics/linear-algebra.js';
import { type LowerCholesky, lowerCholesky } from '../../supports/index.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import {
  apart,
  bartlettDraw,
  bartlettEntropy,
  bartlettLogProb,
  bartlettNoise,
  bySquares,
  logVolume,
  meanRoot,
  varianceOfRoot,
} from './bartlett.js';
import { above, freedom, orderOf, upTo } from './degrees-of-freedom.js';

export type WishartParameters = { readonly concentration: Tensor; readonly scaleTril: Tensor };

export const wishartCholeskyFamily: Family<WishartParameters> = {
  name: 'WishartCholesky',
  axes: { concentration: 0, scaleTril: 2 },
  of: ({ concentration, scaleTril }) => wishartCholesky(concentration, scaleTril),
};

/**
 * The law of the lower Cholesky factor A of a Wishart matrix A Aᵀ with `concentration` ν degrees of freedom and scale
 * L Lᵀ, of which L is `scaleTril`: the sum of ν squares x xᵀ of normal vectors with that covariance, where ν is whole.
 *
 * log p(A) = Σ_i (ν − i) log a_ii − ½ |L⁻¹ A|² − ν Σ log l_ii − (νk/2 − k) log 2 − log Γ_k(ν / 2), in nats, with i from 1
 * to k and a density over the lower triangle. A Wishart law of matrices has this one's log p less
 * k log 2 + Σ (k − i + 1) log a_ii.
 *
 * - Shapes: `concentration` is `[...]`, `scaleTril` `[..., k, k]`; batch is what is left of them, broadcast. An event is
 *   a matrix of k × k numbers. E[A Aᵀ] = ν L Lᵀ; `mean` and `variance` are those of the entries of A.
 * - Gradient: pathwise, A = L T with T by Bartlett's decomposition, smooth in ν. log q of an own draw needs no solve.
 * - Edges: a tensor `concentration` of k − 1 or below gives NaN.
 * - Errors: a `RangeError` where `scaleTril` is no stack of square matrices.
 * - Source: Gelman et al., Bayesian Data Analysis, appendix A; Bartlett 1933, doi:10.1017/S0370164600016254.
 *
 * @example
 * ```ts
 * // Of one number, the square root of a chi-square number with three degrees of freedom.
 * wishartCholesky(3, [[1]]).logProb(tf.tensor2d([[1]])).dataSync()[0]; // -0.5 - Math.log(Math.PI / 2) / 2
 * ```
 */
export const wishartCholesky = (
  concentration: TensorLike,
  scaleTril: TensorLike,
): Distribution<LowerCholesky, 'pathwise'> => {
  const nu = asTensor(concentration);
  const l = asTensor(scaleTril);
  const k = orderOf('wishartCholesky', l);
  const own = { half: tf.div(nu, 2), taken: upTo(k) };
  const half = freedom(own);
  const standard = { name: 'standard' };
  return distribution({
    family: wishartCholeskyFamily,
    parameters: { concentration: nu, scaleTril: l },
    arguments: argumentsOf('wishartCholesky', {
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
        return { value: matMul(l, x), preimage: { map: standard, x, eventRank: 2 } };
      },
    },
    logProb: (value, preimage) => {
      const t = imageUnder(standard, preimage) ?? apart(l, value);
      return tf.sub(bartlettLogProb(half, t), logVolume(l));
    },
    mean: () => tf.mul(l, tf.expandDims(meanRoot(half), -2)),
    variance: () => bySquares(tf.square(l), varianceOfRoot(half), tf.onesLike(half)),
    entropy: () => tf.add(bartlettEntropy(half), logVolume(l)),
    klTo: (p) => {
      if (!isOf(p, wishartCholeskyFamily)) return undefined;
      const other = { half: tf.div(p.parameters.concentration, 2), taken: upTo(k) };
      return klWishart(own, other, apart(p.parameters.scaleTril, l));
    },
  });
};

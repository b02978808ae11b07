/** Divergences of Wishart laws, which are those of their factors and of the factors of their inverses. */
import * as tf from '@tensorflow/tfjs';
import { deviance } from '../numerics/deviance.js';
import { lowerTriangle } from '../numerics/matrices/factors.js';
import { diagonal } from '../numerics/linear-algebra.js';
import type { Tensor } from '../tensors/tensor.js';
import { klGamma } from './gamma.js';

/** Half of the degrees of freedom of a Wishart law, and how many less than all of them each entry has. */
export type Freedom = { readonly half: Tensor; readonly taken: readonly number[] };

/**
 * KL in nats, where a factor of p is the product of `m` and one of q, both of them with the identity as a scale:
 * ½ ν_q (|m|² − k) − ν_p Σ log m_ii + Σ ((a − a′) ψ(a) − log Γ(a) + log Γ(a′)) with primes for p and a half of each
 * entry's degrees of freedom. Written as divergences of gammas with rates m_ii², and deviances: nothing is negative.
 *
 * Source: Penny, KL-Divergences of Normal, Gamma, Dirichlet and Wishart densities, 2001, section 5.
 */
export const klWishart = (q: Freedom, p: Freedom, m: Tensor): Tensor => {
  const ratio = tf.square(diagonal(m));
  const ofEach = ({ half, taken }: Freedom): Tensor =>
    tf.sub(tf.expandDims(half, -1), tf.tensor1d(taken.map((n) => n / 2)));
  const gammas = klGamma(
    { concentration: ofEach(q), rate: tf.scalar(1) },
    { concentration: ofEach(p), rate: ratio },
  );
  const rest = tf.mul(deviance(tf.scalar(1), ratio), tf.tensor1d(q.taken.map((n) => n / 2)));
  const below = tf.sum(tf.square(lowerTriangle(m, 1, 0)), [-2, -1]);
  return tf.add(tf.sum(tf.add(gammas, rest), -1), tf.mul(q.half, below));
};

/**
 * Divergences of gamma and Dirichlet laws. They contain log Γ(β) − log Γ(α) − (β − α) ψ(α), of which
 * Stirling's part is written as deviances, none of them negative, and the rest in Binet's function:
 * as they stand in textbooks, large concentrations leave nothing of them in float32.
 */
import * as tf from '@tensorflow/tfjs';
import { deviance } from '../numerics/deviance.js';
import { binet, binetSlope } from '../numerics/gamma-function.js';
import type { Tensor } from '../tensors/tensor.js';

/** f(β) − f(α) − (β − α) f′(α) for f(x) = Binet's function − ½ log x, which is convex. */
const remainder = (alpha: Tensor, beta: Tensor): Tensor => {
  const rise = tf.sub(binet(beta), binet(alpha));
  const linear = tf.mul(tf.sub(beta, alpha), binetSlope(alpha));
  const half = tf.mul(deviance(tf.scalar(1), tf.div(beta, alpha)), 0.5);
  return tf.add(tf.sub(rise, linear), half);
};

export type GammaParameters = { readonly concentration: Tensor; readonly rate: Tensor };

/**
 * (α − α′) ψ(α) − log Γ(α) + log Γ(α′) + α′ log(β / β′) + α (β′ − β) / β, with primes for p
 * (Penny, KL-Divergences of Normal, Gamma, Dirichlet and Wishart densities, 2001, section 3).
 */
export const klGamma = (q: GammaParameters, p: GammaParameters): Tensor => {
  const reached = tf.mul(q.concentration, tf.div(p.rate, q.rate));
  return tf.add(deviance(p.concentration, reached), remainder(q.concentration, p.concentration));
};

/** log(λ / λ′) + λ′ / λ − 1: that of gammas with concentration 1. */
export const klExponential = (q: Tensor, p: Tensor): Tensor => deviance(tf.scalar(1), tf.div(p, q));

/**
 * log Γ(A) − log Γ(A′) − Σ (log Γ(αᵢ) − log Γ(αᵢ′)) + Σ (αᵢ − αᵢ′)(ψ(αᵢ) − ψ(A)), with A = Σ αᵢ and
 * primes for p (Penny 2001, section 4).
 */
export const klDirichlet = (q: Tensor, p: Tensor): Tensor => {
  const whole = (x: Tensor): Tensor => tf.sum(x, -1, true);
  const reached = tf.mul(q, tf.div(whole(p), whole(q)));
  const parts = tf.add(deviance(p, reached), remainder(q, p));
  return tf.sub(tf.sum(parts, -1), tf.squeeze(remainder(whole(q), whole(p)), [-1]));
};

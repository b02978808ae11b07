import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../tensors/tensor.js';

/**
 * log((γ + γ′)² / 4γγ′) = log(1 + (γ − γ′)² / 4γγ′): that of Cauchy laws with one centre, which
 * folding does not change (Chyzak and Nielsen 2019, theorem 1, arXiv:1905.10965).
 */
export const klHalfCauchy = (q: Tensor, p: Tensor): Tensor => {
  const gap = tf.sub(q, p);
  return tf.log1p(tf.div(tf.mul(tf.div(gap, q), tf.div(gap, p)), 4));
};

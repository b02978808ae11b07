import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from './gaussian.js';
import type { Tensor } from '../tensors/tensor.js';

/**
 * log(((γ + γ′)² + (μ − μ′)²) / 4γγ′) = log(1 + ((γ − γ′)² + (μ − μ′)²) / 4γγ′)
 * (Chyzak and Nielsen 2019, theorem 1, arXiv:1905.10965).
 */
export const klCauchy = (q: LocationScale, p: LocationScale): Tensor => {
  const over = (gap: Tensor): Tensor => tf.mul(tf.div(gap, q.scale), tf.div(gap, p.scale));
  const gaps = tf.add(over(tf.sub(q.scale, p.scale)), over(tf.sub(q.loc, p.loc)));
  return tf.log1p(tf.div(gaps, 4));
};

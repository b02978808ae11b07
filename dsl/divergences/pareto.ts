import * as tf from '@tensorflow/tfjs';
import { deviance } from '../numerics/deviance.js';
import { choose, less } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';

type ParetoLaw = { readonly scale: Tensor; readonly alpha: Tensor };

/**
 * log(α / α′) + α′ log(s / s′) + α′ / α − 1 where p reaches as far down, s ≥ s′, and ∞ where it does not, with
 * primes for p (Gil, Alajaji and Linder 2013, doi:10.1016/j.ins.2013.06.018, appendix B.10).
 */
export const klPareto = (q: ParetoLaw, p: ParetoLaw): Tensor => {
  const ratio = tf.div(p.alpha, q.alpha);
  const moved = tf.mul(p.alpha, tf.log(tf.div(q.scale, p.scale)));
  const inside = tf.add(moved, deviance(tf.scalar(1), ratio));
  return choose(less(q.scale, p.scale), tf.scalar(Infinity), inside);
};

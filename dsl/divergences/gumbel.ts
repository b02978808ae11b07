import * as tf from '@tensorflow/tfjs';
import type { LocationScale } from './gaussian.js';
import { lgamma } from '../numerics/gamma-function.js';
import { EULER_GAMMA } from '../numerics/special.js';
import type { Tensor } from '../tensors/tensor.js';

/**
 * log(β′ / β) + γ (β / β′ − 1) + (μ − μ′) / β′ + e^((μ′ − μ) / β′) Γ(1 + β / β′) − 1, with primes for p and
 * Euler's constant γ (Gil, Alajaji and Linder 2013, doi:10.1016/j.ins.2013.06.018, appendix B.7).
 */
export const klGumbel = (q: LocationScale, p: LocationScale): Tensor => {
  const ratio = tf.div(q.scale, p.scale);
  const shift = tf.div(tf.sub(q.loc, p.loc), p.scale);
  const linear = tf.add(shift, tf.mul(tf.sub(ratio, 1), EULER_GAMMA));
  const reached = tf.expm1(tf.sub(lgamma(tf.add(ratio, 1)), shift));
  return tf.sub(tf.add(linear, reached), tf.log(ratio));
};

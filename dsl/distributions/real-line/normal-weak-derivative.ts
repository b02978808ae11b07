/**
 * The weak derivative of a normal law: for the location z± = μ ± σ R, R Rayleigh, and weight
 * ±μ / (σ √2π); for the scale z⁺ = μ + σ M, z⁻ = μ + σ M U, M double-sided Maxwell and U uniform, and
 * weight ±σ, over σ. M U is a standard normal number.
 *
 * Source: Mohamed et al. 2020, Monte Carlo Gradient Estimation in Machine Learning, section 6,
 * arXiv:1906.10652.
 */
import * as tf from '@tensorflow/tfjs';
import type { WeakDerivative } from '../../law/distribution.js';
import { baseNoise } from '../../tensors/noise.js';
import { choose, greater } from '../../tensors/comparison.js';
import { cutOff } from '../../tensors/gradient.js';
import { dropLast } from '../../tensors/shape.js';
import type { Tensor } from '../../tensors/tensor.js';

/** Blocks of noise: a Rayleigh number, a Maxwell number, and how far that is drawn in. */
const RAYLEIGH = 0;
const MAXWELL = 1;
const SHRINK = 2;

/** The first of the numbers along the last axis. */
const firstOf = (x: Tensor): Tensor => {
  const left = dropLast(x.shape, 1);
  return tf.squeeze(tf.slice(x, [...left.map(() => 0), 0], [...left, 1]), [-1]);
};

/** That of normals with these means and standard deviations. */
export const normalWeakDerivative = (loc: Tensor, scale: Tensor): WeakDerivative => ({
  cellRank: 0,
  values: (draw) => {
    const [m, s] = [cutOff(loc), cutOff(scale)];
    const rayleigh = tf.mul(s, tf.sqrt(tf.mul(tf.log(draw(RAYLEIGH, baseNoise('uniform'))), -2)));
    const three = draw(MAXWELL, baseNoise('normal', [3]));
    const length = tf.sqrt(tf.sum(tf.square(three), -1));
    const first = firstOf(three);
    const maxwell = tf.mul(s, choose(greater(first, tf.zerosLike(first)), length, tf.neg(length)));
    const shrunk = tf.mul(maxwell, draw(SHRINK, baseNoise('uniform')));
    const byLoc = tf.mul(loc, tf.div(1 / Math.sqrt(2 * Math.PI), s));
    const byScale = tf.div(scale, s);
    return [
      { value: tf.add(m, rayleigh), weight: byLoc },
      { value: tf.sub(m, rayleigh), weight: tf.neg(byLoc) },
      { value: tf.add(m, maxwell), weight: byScale },
      { value: tf.add(m, shrunk), weight: tf.neg(byScale) },
    ];
  },
});

/** Ratios of gamma functions whose arguments differ by some h ≥ 0, of which nothing cancels for large arguments. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../tensors/tensor.js';
import { deviance } from './deviance.js';
import { binet, binetSlope } from './gamma-function.js';

/**
 * log Γ(x + h) − log Γ(x) − h log x, which tends to 0: (h − ½) log(1 + h / x) − D(x, x + h) with D the deviance, and
 * the difference of Binet's function.
 */
export const logGammaRatio = (x: Tensor, h: Tensor | number): Tensor => {
  const above = tf.add(x, h);
  const near = tf.mul(tf.sub(h, 0.5), tf.log1p(tf.div(h, x)));
  return tf.add(tf.sub(near, deviance(x, above)), tf.sub(binet(above), binet(x)));
};

/** ψ(x + h) − ψ(x), likewise. */
export const digammaGap = (x: Tensor, h: Tensor | number): Tensor => {
  const above = tf.add(x, h);
  const bulk = tf.add(tf.log1p(tf.div(h, x)), tf.div(tf.div(h, 2), tf.mul(x, above)));
  return tf.add(bulk, tf.sub(binetSlope(above), binetSlope(x)));
};

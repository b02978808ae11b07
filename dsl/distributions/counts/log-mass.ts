/**
 * Log probabilities of counts in Loader's form, by deviances and by what Stirling's formula leaves, none of which
 * cancels for large counts as log Γ does (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
 */
import * as tf from '@tensorflow/tfjs';
import { deviance } from '../../numerics/deviance.js';
import { binet } from '../../numerics/gamma-function.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { choose, equal, greater, less, unequal } from '../../tensors/comparison.js';
import type { Tensor } from '../../tensors/tensor.js';
import { atLeast } from '../positive/half-line.js';

/** A mean of 0 counts as this. */
const LEAST_MEAN = 2 ** -120;

/** log k! − (k log k − k), 0 at k = 0. */
const stirlingRest = (k: Tensor): Tensor => {
  const none = equal(k, tf.scalar(0));
  const some = choose(none, tf.scalar(1), k);
  const rest = tf.add(binet(some), tf.add(tf.mul(tf.log(some), 0.5), HALF_LOG_TWO_PI));
  return choose(none, tf.scalar(0), rest);
};

const fit = (k: Tensor, mean: Tensor): Tensor => deviance(k, atLeast(mean, LEAST_MEAN));

/** k log λ − λ − log k!. */
export const logPoisson = (k: Tensor, rate: Tensor): Tensor =>
  tf.neg(tf.add(fit(k, rate), stirlingRest(k)));

/** A number of ones among others, of which `rest` are none: given, as n − k rounds a small rest away. */
interface Split {
  readonly k: Tensor;
  readonly rest: Tensor;
  readonly n: Tensor;
}

/** log (n over k) + k log p + (n − k) log(1 − p), by the means n p and n (1 − p) of ones and of the rest. */
export const logBinomial = ({ k, rest, n }: Split, ones: Tensor, others: Tensor): Tensor => {
  const fits = tf.add(fit(k, ones), fit(rest, others));
  const ways = tf.sub(stirlingRest(n), tf.add(stirlingRest(k), stirlingRest(rest)));
  return tf.sub(ways, fits);
};

/** log Γ(k + r) − log Γ(r) − log k! + r log(r / (r + μ)) + k log(μ / (r + μ)), for r > 0. */
export const logNegativeBinomial = (k: Tensor, mean: Tensor, r: Tensor): Tensor => {
  const n = tf.add(k, r);
  const part = tf.div(n, tf.add(r, mean));
  const mass = logBinomial({ k, rest: r, n }, tf.mul(part, mean), tf.mul(part, r));
  return tf.add(mass, tf.log(tf.div(r, n)));
};

/** log n! − Σ log kᵢ! + Σ kᵢ log pᵢ over the last axis, by the means n pᵢ. */
export const logMultinomial = (k: Tensor, n: Tensor, means: Tensor): Tensor => {
  const parts = tf.sum(tf.add(stirlingRest(k), fit(k, means)), -1);
  return tf.sub(stirlingRest(n), parts);
};

/** A vector of counts of sum n, else zeros, and whether it is one. */
export const soundVector = (
  k: Tensor,
  n: Tensor,
): { readonly sound: Tensor; readonly outside: Tensor } => {
  const below = tf.max(less(k, tf.scalar(0)), -1);
  const outside = tf.maximum(below, unequal(tf.sum(k, -1), n));
  return { sound: choose(tf.expandDims(outside, -1), tf.scalar(0), k), outside };
};

/** k where it is a count up to n, else 0, and whether it is one. */
export const soundCount = (
  k: Tensor,
  n?: Tensor,
): { readonly sound: Tensor; readonly outside: Tensor } => {
  const below = less(k, tf.scalar(0));
  const outside = n === undefined ? below : tf.add(below, greater(k, n));
  return { sound: choose(outside, tf.scalar(0), k), outside };
};

/** Log probabilities of larger counts are beyond float32. */
const MOST = 2 ** 120;

/** The same of counts without a largest one, of which ∞ is none. */
export const soundFinite = (k: Tensor): { readonly sound: Tensor; readonly outside: Tensor } => {
  const outside = tf.add(less(k, tf.scalar(0)), greater(k, tf.scalar(MOST)));
  return { sound: choose(outside, tf.scalar(0), k), outside };
};

/** A log probability, −∞ where a value is no count. */
export const onCounts = (outside: Tensor, logMass: Tensor): Tensor =>
  choose(outside, tf.scalar(-Infinity), logMass);

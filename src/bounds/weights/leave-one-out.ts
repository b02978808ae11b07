/** Power means of importance weights without one of them, for each: K of them at the cost of one. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, choose, equal, less } from '../../../dsl/index.js';
import { withoutGradient } from '../../../dsl/tensors/gradient.js';
import { logOrImpossible } from '../../../dsl/numerics/special.js';

/** 1 at the first place along the first axis where x is largest, else 0. */
const atLargest = (x: Tensor): Tensor => {
  const count = x.shape[0] ?? 1;
  const ones = x.shape.slice(1).map(() => 1);
  const places = tf.reshape(tf.range(0, count, 1, 'int32'), [count, ...ones]);
  return equal(places, tf.expandDims(tf.argMax(x, 0), 0));
};

const sumOf = (x: Tensor): Tensor => tf.sum(x, 0, true);

const peakOf = (x: Tensor): Tensor => {
  const m = tf.max(x, 0, true);
  return tf.where(tf.isFinite(m), m, tf.zerosLike(m));
};

/**
 * Σ over the others of terms of one sign: their sum less one's own, which loses no digits but for the
 * term that is as large as all others together, and there a sum without it.
 */
const sumOfOthers = (terms: Tensor, largest: Tensor): Tensor => {
  const none = tf.zerosLike(terms);
  const rest = tf.add(sumOf(choose(largest, none, terms)), none);
  return choose(largest, rest, tf.sub(sumOf(terms), terms));
};

/** The mean of the others' log weights; −∞ where one of them is. */
const meanOfOthers = (weights: Tensor, particles: number): Tensor => {
  const impossible = equal(weights, tf.fill(weights.shape, -Infinity));
  const shift = peakOf(weights);
  const below = choose(impossible, tf.zerosLike(weights), tf.sub(weights, shift));
  const sum = sumOfOthers(below, atLargest(tf.neg(below)));
  const mean = tf.add(tf.div(sum, particles - 1), shift);
  const others = tf.sub(sumOf(impossible), impossible);
  return choose(others, tf.fill(weights.shape, -Infinity), mean);
};

/**
 * log (1/K Σ_j v_j^t)^(1/t) along the first axis for each k, with v_j = w_j but for v_k, which is the
 * geometric mean of the others: `logPowerMean` as it would be without particle k.
 *
 * - Shapes: `[K, ...]` to `[K, ...]`, K at least 2. It has no gradient.
 * - Edges: −∞ where the others make it so, as `logPowerMean` has it.
 * - Source: Mnih and Rezende 2016, Variational Inference for Monte Carlo Objectives, arXiv:1602.06725.
 */
export const logPowerMeanOfOthers = (weights: Tensor, order: number): Tensor =>
  withoutGradient([weights], ([w = weights]) => {
    const particles = w.shape[0] ?? 1;
    const own = meanOfOthers(w, particles);
    if (order === 0) return own;
    const lowest = tf.fill(w.shape, -Infinity);
    const impossible = equal(w, lowest);
    // Of a negative order, a weight of 0 is taken out here and makes the mean of others −∞ below.
    const scaled = choose(
      impossible,
      lowest,
      tf.mul(choose(impossible, tf.zerosLike(w), w), order),
    );
    const largest = atLargest(scaled);
    // What is left without the largest has a peak of its own.
    const first = tf.add(peakOf(scaled), tf.zerosLike(scaled));
    const second = tf.add(peakOf(choose(largest, lowest, scaled)), tf.zerosLike(scaled));
    const peak = choose(largest, second, first);
    const mean = (f: (x: Tensor) => Tensor, whole: Tensor): Tensor => {
      const byFirst = f(tf.sub(scaled, first));
      const bySecond = f(tf.sub(scaled, second));
      const rest = tf.add(sumOf(choose(largest, tf.zerosLike(scaled), bySecond)), tf.zerosLike(w));
      const others = choose(largest, rest, tf.sub(sumOf(byFirst), byFirst));
      return tf.div(tf.add(others, f(whole)), particles);
    };
    const whole = tf.sub(tf.mul(own, order), peak);
    const excess = mean(tf.expm1, whole);
    const isFar = less(excess, tf.scalar(-0.5));
    const log = choose(
      isFar,
      logOrImpossible(mean(tf.exp, whole)),
      tf.log1p(choose(isFar, tf.fill(excess.shape, -0.5), excess)),
    );
    const result = tf.add(tf.div(log, order), tf.div(peak, order));
    return order > 0 ? result : choose(equal(own, lowest), lowest, result);
  });

/**
 * The modified Bessel functions of orders 0 and 1 in forms that do not overflow, in float32.
 *
 * Below 5 they are their power series, whose terms are all positive. From 5 on they come from polynomials in 5 / x,
 * interpolations in double precision at Chebyshev's points, with relative errors of 7e-8 for what the exponential and
 * the root leave of log I₀ and of 4e-8 for x (1 − I₁ / I₀).
 *
 * Measured against double precision, over 1e-30 … 1e30: relative errors below 5e-7, of log I₀ near 0 as well.
 */
import * as tf from '@tensorflow/tfjs';
import { choose, greaterEqual, less } from '../tensors/comparison.js';
import { withGradient } from '../tensors/gradient.js';
import type { Tensor } from '../tensors/tensor.js';
import { polynomial } from './polynomial.js';
import { HALF_LOG_TWO_PI } from './special.js';

/** Where the polynomials take over. */
const LARGE = 5;

const TERMS = 15;

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** I₀(x) − 1 over x² / 4, in powers of x² / 4. */
const ZERO = Array.from({ length: TERMS }, (_, k) => factorial(k + 1) ** -2);

/** I₁(x) over x / 2, likewise. */
const ONE = Array.from({ length: TERMS }, (_, k) => 1 / (factorial(k) * factorial(k + 1)));

/** x (log I₀(x) − x + ½ log 2πx), in powers of 5 / x. */
const EXCESS = [
  0.12499999848, 0.012500362071, 0.0025910555594, 0.00097920231988, -0.00058107293077,
  0.0021173997927, 0.0016002193033, -0.014658928375, 0.026881599009, -0.020137761018,
  0.0054042598915,
] as const;

/** x (1 − I₁(x) / I₀(x)), likewise. */
const REST = [
  0.49999999691, 0.025000735174, 0.004973342134, 0.0019025328445, -0.0012336593675, 0.0044494334064,
  0.0026106201342, -0.028382836747, 0.052885114221, -0.03984521469, 0.010724266514,
] as const;

interface Parts {
  readonly isLarge: Tensor;
  /** x where it is small, and the end of that range elsewhere. */
  readonly near: Tensor;
  /** 1 / |x| where that is large, likewise. */
  readonly far: Tensor;
}

const size = (x: Tensor): Tensor => choose(less(x, tf.scalar(0)), tf.neg(x), x);

const partsOf = (x: Tensor): Parts => {
  const isLarge = greaterEqual(tf.abs(x), tf.scalar(LARGE));
  const near = choose(isLarge, tf.scalar(LARGE), x);
  return { isLarge, near, far: tf.reciprocal(choose(isLarge, size(x), tf.scalar(LARGE))) };
};

const quarter = (x: Tensor): Tensor => tf.mul(tf.square(x), 0.25);

const overFar = (far: Tensor, coefficients: readonly number[]): Tensor =>
  tf.mul(far, polynomial(tf.mul(far, LARGE), coefficients));

/** I₀(x) − 1 of small x. */
const beyondOne = (x: Tensor): Tensor => tf.mul(quarter(x), polynomial(quarter(x), ZERO));

/** I₁(x) / I₀(x) of small x. */
const smallRatio = (x: Tensor): Tensor => {
  const one = tf.mul(tf.mul(x, 0.5), polynomial(quarter(x), ONE));
  return tf.div(one, tf.add(beyondOne(x), 1));
};

/**
 * The ratio I₁(x) / I₀(x), which is the mean of cos z of a von Mises law with concentration x.
 *
 * - Accuracy: relative error below 5e-7.
 * - Gradient: that of the series and of the polynomial, 1 − A / x − A² without its cancellation; any number of times.
 * - Edges: 0 at 0, ±1 at ±∞; odd.
 * - Source: DLMF 10.25.2 below 5, a fit above.
 *
 * @example
 * ```ts
 * besselRatio(tf.scalar(1)).dataSync()[0]; // 0.4463900
 * ```
 */
export const besselRatio = (x: Tensor): Tensor => {
  const { isLarge, near, far } = partsOf(x);
  const large = tf.mul(tf.sign(x), tf.sub(1, overFar(far, REST)));
  return choose(isLarge, large, smallRatio(near));
};

/** 1 − I₁(x) / I₀(x) for x ≥ 0, which does not cancel for large x. */
export const besselRest = (x: Tensor): Tensor => {
  const { isLarge, near, far } = partsOf(x);
  return choose(isLarge, overFar(far, REST), tf.sub(1, smallRatio(near)));
};

/** log(e^−x I₀(x)) for x ≥ 0, which does not cancel for large x. Gradient: −(1 − I₁ / I₀). */
export const logI0e = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => {
      const { isLarge, near, far } = partsOf(v);
      const root = tf.sub(tf.mul(tf.log(far), 0.5), HALF_LOG_TWO_PI);
      return choose(
        isLarge,
        tf.add(root, overFar(far, EXCESS)),
        tf.sub(tf.log1p(beyondOne(near)), near),
      );
    },
    (dy, v) => tf.neg(tf.mul(dy, besselRest(v))),
  );

/**
 * log I₀(x), the logarithm of the modified Bessel function of order 0, in nats.
 *
 * - Accuracy: relative error below 5e-7, near 0 as well, where it is x² / 4.
 * - Gradient: I₁(x) / I₀(x).
 * - Edges: 0 at 0, ∞ at ±∞; even.
 * - Source: DLMF 10.25.2 below 5, a fit above.
 *
 * @example
 * ```ts
 * logI0(tf.scalar(1)).dataSync()[0]; // 0.2359144
 * logI0(tf.scalar(1000)).dataSync()[0]; // 995.6273
 * ```
 */
export const logI0 = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => {
      const { isLarge, near } = partsOf(v);
      return choose(isLarge, tf.add(logI0e(tf.abs(v)), tf.abs(v)), tf.log1p(beyondOne(near)));
    },
    (dy, v) => tf.mul(dy, besselRatio(v)),
  );

/**
 * The scaled modified Bessel function of order 0, e^−|x| I₀(x).
 *
 * - Accuracy: relative error below 5e-7.
 * - Gradient: e^−|x| I₁(x) − sign(x) e^−|x| I₀(x).
 * - Edges: 1 at 0, 0 at ±∞; even.
 * - Source: as for `logI0`.
 *
 * @example
 * ```ts
 * i0e(tf.scalar(2)).dataSync()[0]; // 0.3085083
 * ```
 */
export const i0e = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => {
      const { isLarge, near, far } = partsOf(v);
      const root = tf.mul(tf.sqrt(far), 1 / Math.sqrt(2 * Math.PI));
      const large = tf.mul(root, tf.exp(overFar(far, EXCESS)));
      const small = tf.mul(tf.add(beyondOne(near), 1), tf.exp(tf.neg(tf.abs(near))));
      return choose(isLarge, large, small);
    },
    (dy, v) => {
      const slope = tf.mul(tf.mul(tf.sign(v), besselRest(tf.abs(v))), i0e(v));
      return tf.neg(tf.mul(dy, slope));
    },
  );

/**
 * The scaled modified Bessel function of order 1, e^−|x| I₁(x); accuracy and source as for `i0e`, odd.
 *
 * @example
 * ```ts
 * i1e(tf.scalar(2)).dataSync()[0]; // 0.2152693
 * ```
 */
export const i1e = (x: Tensor): Tensor => tf.mul(i0e(x), besselRatio(x));

/** Special functions in forms that keep their accuracy in float32. */
import * as tf from '@tensorflow/tfjs';
import { choose, equal, greater } from '../tensors/comparison.js';
import { withGradient, withoutGradient } from '../tensors/gradient.js';
import type { Tensor } from '../tensors/tensor.js';

/** ½ log 2π, the constant of a standard normal log density, in nats. */
export const HALF_LOG_TWO_PI = 0.9189385332046727;

/** Euler's constant, −ψ(1): the mean of a standard Gumbel law. */
export const EULER_GAMMA = 0.5772156649015329;

/**
 * softplus(x) = log(1 + eˣ) = max(x, 0) + log1p(e^−|x|).
 *
 * Accurate for every x: relative error stays at rounding level for very negative x, where the
 * naive form gives 0. Gradient: sigmoid(x), rather than those of the parts max(x, 0) and |x|, which
 * have none at 0.
 *
 * @example
 * ```ts
 * softplus(tf.scalar(0)).dataSync()[0]; // 0.6931472
 * ```
 */
export const softplus = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => tf.add(tf.relu(v), tf.log1p(tf.exp(tf.neg(tf.abs(v))))),
    (dy, v) => tf.mul(dy, tf.sigmoid(v)),
  );

/**
 * log sigmoid(x) = −softplus(−x).
 *
 * @example
 * ```ts
 * logSigmoid(tf.scalar(0)).dataSync()[0]; // -0.6931472
 * ```
 */
export const logSigmoid = (x: Tensor): Tensor => tf.neg(softplus(tf.neg(x)));

/**
 * log x for x ≥ 0, with −∞ and gradient 0 at 0, where the gradient of `tf.log` would turn the 0 that
 * arrives at an impossible value into NaN.
 */
export const logOrImpossible = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => tf.log(v),
    (dy, v) => {
      const none = tf.zerosLike(v);
      return choose(equal(v, none), none, tf.div(dy, v));
    },
  );

/** `dy` times a slope that may be infinite: of nothing that arrives, nothing, where 0 times ∞ is NaN. */
const passed = (dy: Tensor, slope: Tensor): Tensor => {
  const none = tf.zerosLike(dy);
  return choose(equal(dy, none), none, tf.mul(dy, slope));
};

/** log p of a chance, with gradient 1 / p; a 0 that arrives at p = 0 stays 0. */
export const logChance = (p: Tensor): Tensor =>
  withGradient(
    p,
    (v) => tf.log(v),
    (dy, v) => passed(dy, tf.reciprocal(v)),
  );

/** log(1 − p) of a chance, with gradient −1 / (1 − p); a 0 that arrives at p = 1 stays 0. */
export const logOther = (p: Tensor): Tensor =>
  withGradient(
    p,
    (v) => tf.log1p(tf.neg(v)),
    (dy, v) => passed(dy, tf.neg(tf.reciprocal(tf.sub(1, v)))),
  );

/** tan(½ π u) for u from 0 to 1, by `rest` = 1 − u beyond a half, which u has rounded away. */
export const tanOfQuarter = (u: Tensor, rest: Tensor): Tensor => {
  const isFar = greater(u, rest);
  const angle = tf.mul(choose(isFar, rest, u), Math.PI / 2);
  return choose(isFar, tf.reciprocal(tf.tan(angle)), tf.tan(angle));
};

/** From here on x² is 1 + x² to rounding, and soon beyond float32. */
const SQUARE_OVERFLOWS = 2 ** 40;

/** log(1 + x²), which does not overflow for any finite x. Gradient: 2 / (x + 1 / x). */
export const log1pSquare = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => {
      const size = tf.abs(v);
      const large = greater(size, tf.scalar(SQUARE_OVERFLOWS));
      return tf.mul(tf.log1p(choose(large, size, tf.square(v))), tf.add(large, 1));
    },
    (dy, v) => tf.mul(dy, tf.div(2, tf.add(v, tf.reciprocal(v)))),
  );

/**
 * log(1 + Σ x²) along the last axis, which does not overflow for any finite x: the largest of them, where that is above 1,
 * is taken out.
 */
export const log1pSquares = (x: Tensor): Tensor => {
  const peak = withoutGradient([x], ([v = x]) => tf.maximum(tf.max(tf.abs(v), -1, true), 1));
  const squares = tf.sum(tf.square(tf.div(x, peak)), -1);
  const one = tf.squeeze(peak, [-1]);
  const rest = tf.sub(tf.square(tf.reciprocal(one)), 1);
  return tf.add(tf.log1p(tf.add(squares, rest)), tf.mul(tf.log(one), 2));
};

/**
 * Logits of probabilities, log p − log1p(−p); infinite at 0 and 1.
 *
 * @example
 * ```ts
 * logit(tf.scalar(0.75)).dataSync()[0]; // 1.0986123
 * ```
 */
export const logit = (p: Tensor): Tensor => tf.sub(logChance(p), logOther(p));

/**
 * Inverse of softplus, x = y + log(1 − e^−y) for y > 0.
 *
 * Uses log(−expm1(−y)), which keeps its accuracy for small y.
 *
 * @example
 * ```ts
 * inverseSoftplus(softplus(tf.scalar(2))).dataSync()[0]; // 2
 * ```
 */
export const inverseSoftplus = (y: Tensor): Tensor =>
  tf.add(y, tf.log(tf.neg(tf.expm1(tf.neg(y)))));

/**
 * log(1 − e^−x) for x ≥ 0, which cancels neither for small x nor for large. Gradient: 1 / (eˣ − 1).
 *
 * Source: Mächler, Accurately Computing log(1 − exp(−|a|)), 2012.
 */
export const logOneMinusExp = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) =>
      choose(
        greater(v, tf.scalar(Math.LN2)),
        tf.log1p(tf.neg(tf.exp(tf.neg(v)))),
        tf.log(tf.neg(tf.expm1(tf.neg(v)))),
      ),
    (dy, v) => tf.div(dy, tf.expm1(v)),
  );

/**
 * log(eᵃ − eᵇ) for a ≥ b.
 *
 * - Gradient: 1 / (1 − e^(b − a)) in a, 1 / (1 − e^(a − b)) in b.
 * - Edges: −∞ where both are equal; NaN where a < b.
 *
 * @example
 * ```ts
 * logDiffExp(tf.scalar(Math.log(5)), tf.scalar(Math.log(2))).dataSync()[0]; // Math.log(3)
 * ```
 */
export const logDiffExp = (a: Tensor, b: Tensor): Tensor =>
  // A difference of infinities would be NaN where nothing is taken off.
  tf.add(a, logOneMinusExp(choose(equal(a, b), tf.zerosLike(a), tf.sub(a, b))));

/**
 * log Σ exp along the last axis, shifted by the maximum.
 *
 * An all −∞ slice gives −∞, and gradients of −∞ entries are 0, also in such a slice.
 *
 * @example
 * ```ts
 * logSumExpLast(asTensor([0, Math.log(3)])).dataSync()[0]; // 1.3862944
 * ```
 */
export const logSumExpLast = (x: Tensor): Tensor => {
  const peak = withGradient(
    x,
    (v) => {
      const m = tf.max(v, -1, true);
      return tf.where(tf.isFinite(m), m, tf.zerosLike(m));
    },
    (_, v) => tf.zerosLike(v),
  );
  return tf.add(logOrImpossible(tf.sum(tf.exp(tf.sub(x, peak)), -1)), tf.squeeze(peak, [-1]));
};

/**
 * The logarithm of the gamma function and its derivatives, for positive arguments, in float32.
 *
 * Below 3 they come from rational functions of v = x − 1 (or x, below 1) with the zeros divided out:
 * least-squares fits in double precision, reweighted towards the largest relative error, which is
 * 2.4e-8 for log Γ(1 + v) / (v (v − 1)) and 1.2e-8 for ψ(1 + v) / (v − v₀). From 3 on they come from
 * Stirling's series, whose remainder is Binet's function (DLMF 5.11.1 and 5.11.2).
 *
 * Measured against double precision, on every fifth of a decade and around the zeros: `lgamma` and
 * `digamma` have a relative error below 5e-7 over 1e-30 … 1e30, near their zeros as well.
 */
import * as tf from '@tensorflow/tfjs';
import { choose, greaterEqual, less } from '../tensors/comparison.js';
import { withGradient } from '../tensors/gradient.js';
import { polynomial } from './polynomial.js';
import { HALF_LOG_TWO_PI } from './special.js';
import type { Tensor } from '../tensors/tensor.js';

/** Where Stirling's series takes over. */
const LARGE = 3;

const LGAMMA = {
  over: [0.5772156515, 0.580600701, 0.1180620906, 0.001565843143],
  under: [1, 1.430749305, 0.5431887691, 0.0475653468],
} as const;

const DIGAMMA = {
  over: [1.250380123, 1.086425373, 0.1857227276, 0.001825727071],
  under: [1, 1.552421896, 0.6079075696, 0.05414875565],
} as const;

/** The zero of ψ(1 + v), 0.46163214496836234, as a float32 and what that leaves out. */
const ZERO = { head: 0.4616321325302124, tail: 1.2438149954e-8 } as const;

/** B₂ⱼ / (2j (2j − 1)): Binet's function is Σ cⱼ x^(1 − 2j). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156] as const;

/** B₂ⱼ / (2j)!, for the derivatives. */
const BERNOULLI = [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600, 1 / 47900160] as const;

const ratio = (
  v: Tensor,
  { over, under }: { readonly over: readonly number[]; readonly under: readonly number[] },
): Tensor => tf.div(polynomial(v, over), polynomial(v, under));

const isLarge = (x: Tensor): Tensor => greaterEqual(x, tf.scalar(LARGE));

/** x = 1 + v or, below 1, x = v, where the recurrence leaves a term in x to be taken off. */
const reduced = (x: Tensor, term: (x: Tensor) => Tensor): { v: Tensor; taken: Tensor } => {
  const isBelow = less(x, tf.scalar(1));
  const taken = term(x);
  return {
    v: choose(isBelow, x, tf.sub(x, 1)),
    taken: choose(isBelow, taken, tf.zerosLike(taken)),
  };
};

const smallLgamma = (x: Tensor): Tensor => {
  const { v, taken } = reduced(x, tf.log);
  return tf.sub(tf.mul(tf.mul(v, tf.sub(v, 1)), ratio(v, LGAMMA)), taken);
};

const smallDigamma = (x: Tensor): Tensor => {
  const { v, taken } = reduced(x, tf.reciprocal);
  const fromZero = tf.sub(tf.sub(v, ZERO.head), ZERO.tail);
  return tf.sub(tf.mul(fromZero, ratio(v, DIGAMMA)), taken);
};

/** (x − ½)(log x − 1) + ½ log 2π − ½: in this form nothing cancels. */
const stirling = (x: Tensor): Tensor =>
  tf.add(tf.mul(tf.sub(x, 0.5), tf.sub(tf.log(x), 1)), HALF_LOG_TWO_PI - 0.5);

const binetSeries = (x: Tensor): Tensor => {
  const r = tf.reciprocal(x);
  return tf.mul(r, polynomial(tf.square(r), STIRLING));
};

const binetSlopeSeries = (x: Tensor): Tensor => {
  const r = tf.square(tf.reciprocal(x));
  return tf.mul(
    r,
    polynomial(
      r,
      STIRLING.map((c, j) => -(2 * j + 1) * c),
    ),
  );
};

/** log x − 1 / 2x, which digamma tends to. */
const logarithmic = (x: Tensor): Tensor => tf.sub(tf.log(x), tf.div(0.5, x));

/**
 * log Γ(x) for x ≥ 0.
 *
 * - Accuracy: relative error below 5e-7 over 1e-30 … 1e30, around its zeros 1 and 2 as well.
 * - Gradient: `digamma(x)`.
 * - Edges: +∞ at 0 and ∞; NaN below 0.
 * - Source: DLMF 5.11.1 for x ≥ 3, a rational fit below.
 *
 * @example
 * ```ts
 * lgamma(tf.scalar(5)).dataSync()[0]; // Math.log(24)
 * ```
 */
export const lgamma = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => choose(isLarge(v), tf.add(stirling(v), binetSeries(v)), smallLgamma(v)),
    (dy, v) => tf.mul(dy, digamma(v)),
  );

/**
 * The digamma function ψ(x) = d log Γ(x) / dx for x > 0.
 *
 * - Accuracy: relative error below 5e-7 over 1e-30 … 1e30, around its zero 1.4616321 as well.
 * - Gradient: `polygamma(1, x)`.
 * - Edges: −∞ at 0; no meaning below.
 * - Source: DLMF 5.11.2 for x ≥ 3, a rational fit below.
 *
 * @example
 * ```ts
 * digamma(tf.scalar(1)).dataSync()[0]; // -0.5772157
 * ```
 */
export const digamma = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => choose(isLarge(v), tf.add(logarithmic(v), binetSlopeSeries(v)), smallDigamma(v)),
    (dy, v) => tf.mul(dy, polygamma(1, v)),
  );

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

const power = (x: Tensor, n: number): Tensor =>
  Array.from({ length: n - 1 }).reduce<Tensor>((product) => tf.mul(product, x), x);

/** How far the recurrence moves an argument before the asymptotic series is used. */
const SHIFT = 6;

/** (−1)^(n + 1) ψ⁽ⁿ⁾(x) = n! Σ_k (x + k)^−(n + 1), the first terms as they are and the rest as a series. */
const magnitude = (n: number, x: Tensor): Tensor => {
  const first = Array.from({ length: SHIFT }, (_, k) =>
    power(tf.reciprocal(tf.add(x, k)), n + 1),
  ).reduce<Tensor>((sum, term) => tf.add(sum, term), tf.scalar(0));
  const r = tf.reciprocal(tf.add(x, SHIFT));
  const even = BERNOULLI.map((b, j) => b * factorial(2 * j + n + 1));
  const series = tf.add(
    tf.add(factorial(n - 1), tf.mul(r, factorial(n) / 2)),
    tf.mul(tf.square(r), polynomial(tf.square(r), even)),
  );
  return tf.add(tf.mul(first, factorial(n)), tf.mul(power(r, n), series));
};

/**
 * The polygamma function ψ⁽ⁿ⁾(x), the n-th derivative of `digamma`, for x > 0; n = 1 is the trigamma
 * function.
 *
 * - Accuracy: relative error below 5e-7 for n up to 3, wherever it is a float32.
 * - Gradient: `polygamma(n + 1, x)`.
 * - Edges: infinite at 0; no meaning below.
 * - Errors: a `RangeError` where n is no whole number, 0 or more.
 * - Source: DLMF 5.15.1, 5.15.5 and 5.15.8.
 *
 * @example
 * ```ts
 * polygamma(1, tf.scalar(1)).dataSync()[0]; // Math.PI ** 2 / 6
 * ```
 */
export const polygamma = (n: number, x: Tensor): Tensor => {
  if (!Number.isInteger(n) || n < 0) {
    throw new RangeError(
      `polygamma: expected a whole number of derivatives, 0 or more, but got ${n}; ` +
        '0 is digamma, 1 is trigamma.',
    );
  }
  return n === 0
    ? digamma(x)
    : withGradient(
        x,
        (v) => tf.mul(magnitude(n, v), n % 2 === 1 ? 1 : -1),
        (dy, v) => tf.mul(dy, polygamma(n + 1, v)),
      );
};

/**
 * Binet's function, log Γ(x) − (x − ½) log x + x − ½ log 2π, which tends to 1 / 12x.
 *
 * Densities and divergences are written with it where log Γ of a large argument would round away
 * what is left of it (Loader, Fast and Accurate Computation of Binomial Probabilities, 2000).
 */
export const binet = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => choose(isLarge(v), binetSeries(v), tf.sub(smallLgamma(v), stirling(v))),
    (dy, v) => tf.mul(dy, binetSlope(v)),
  );

/** The derivative of Binet's function, ψ(x) − log x + 1 / 2x, which tends to −1 / 12x². */
export const binetSlope = (x: Tensor): Tensor =>
  withGradient(
    x,
    (v) => choose(isLarge(v), binetSlopeSeries(v), tf.sub(smallDigamma(v), logarithmic(v))),
    (dy, v) => {
      const r = tf.reciprocal(v);
      // What cancels here is small beside 1 / x, the scale of all that it is added to.
      return tf.mul(dy, tf.sub(polygamma(1, v), tf.add(r, tf.div(tf.square(r), 2))));
    },
  );

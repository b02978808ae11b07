/** The density eᵈˣ on the unit interval, made whole: its normaliser, its shares and its quantiles. */
import * as tf from '@tensorflow/tfjs';
import { choose, greater, less } from '../tensors/comparison.js';
import { withGradient } from '../tensors/gradient.js';
import type { Tensor } from '../tensors/tensor.js';
import { polynomial } from './polynomial.js';

/** B₂ₖ for k from 1 on. */
const BERNOULLI = [
  1 / 6,
  -1 / 30,
  1 / 42,
  -1 / 30,
  5 / 66,
  -691 / 2730,
  7 / 6,
  -3617 / 510,
  43867 / 798,
] as const;

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** log(sinh h / h) over h², in powers of h². */
const SERIES = BERNOULLI.map((b, i) => (2 ** (2 * i + 1) * b) / ((i + 1) * factorial(2 * i + 2)));

/** From here on exponentials do not cancel. */
const LARGE = 1;

/** Slopes below this leave a straight density, to rounding. */
const STRAIGHT = 1e-3;

const small = (h: Tensor): Tensor => choose(less(tf.abs(h), tf.scalar(LARGE)), h, tf.scalar(0));

const large = (h: Tensor): Tensor =>
  choose(less(tf.abs(h), tf.scalar(LARGE)), tf.scalar(LARGE), tf.abs(h));

const isSmall = (h: Tensor): Tensor => less(tf.abs(h), tf.scalar(LARGE));

/** The slope of `langevin`, 1 / h² − 1 / sinh² h. */
export const langevinSlope = (h: Tensor): Tensor => {
  const coefficients = SERIES.map((c, i) => c * (2 * i + 2) * (2 * i + 1));
  const near = polynomial(tf.square(small(h)), coefficients);
  const x = large(h);
  const rest = tf.neg(tf.expm1(tf.mul(x, -2)));
  const fall = tf.div(tf.mul(tf.exp(tf.mul(x, -2)), 4), tf.square(rest));
  return choose(isSmall(h), near, tf.sub(tf.reciprocal(tf.square(x)), fall));
};

/** Langevin's function coth h − 1 / h, which does not cancel near 0. */
export const langevin = (h: Tensor): Tensor =>
  withGradient(
    h,
    (v) => {
      const coefficients = SERIES.map((c, i) => c * (2 * i + 2));
      const near = tf.mul(small(v), polynomial(tf.square(small(v)), coefficients));
      const x = large(v);
      const whole = tf.exp(tf.mul(x, -2));
      const coth = tf.div(tf.add(whole, 1), tf.neg(tf.expm1(tf.mul(x, -2))));
      return choose(isSmall(v), near, tf.mul(tf.sign(v), tf.sub(coth, tf.reciprocal(x))));
    },
    (dy, v) => tf.mul(dy, langevinSlope(v)),
  );

/** log(sinh h / h), log of the mean of e^(2 h (x − ½)) over the unit interval. */
export const logSinhc = (h: Tensor): Tensor =>
  withGradient(
    h,
    (v) => {
      const square = tf.square(small(v));
      const x = large(v);
      const rest = tf.log1p(tf.neg(tf.exp(tf.mul(x, -2))));
      const far = tf.add(tf.sub(x, tf.log(tf.mul(x, 2))), rest);
      return choose(isSmall(v), tf.mul(square, polynomial(square, SERIES)), far);
    },
    (dy, v) => tf.mul(dy, langevin(v)),
  );

interface Slopes {
  readonly isStraight: Tensor;
  readonly isRising: Tensor;
  /** −|d|, and −1 where that is nearly 0. */
  readonly fall: Tensor;
}

const slopesOf = (d: Tensor): Slopes => {
  const isStraight = less(tf.abs(d), tf.scalar(STRAIGHT));
  const isRising = greater(d, tf.scalar(0));
  const fall = choose(isRising, tf.neg(d), d);
  return { isStraight, isRising, fall: choose(isStraight, tf.scalar(-1), fall) };
};

/** The share below x of the density eᵈˣ; a rising one is e^(x − 1) as steep seen from the other end. */
export const tiltedShare = (x: Tensor, d: Tensor): Tensor => {
  const { isStraight, isRising, fall } = slopesOf(d);
  const falling = tf.div(tf.expm1(tf.mul(fall, x)), tf.expm1(fall));
  const rising = tf.mul(falling, tf.exp(tf.mul(fall, tf.sub(1, x))));
  const bend = tf.mul(tf.mul(tf.mul(d, 0.5), x), tf.sub(x, 1));
  return choose(isStraight, tf.add(x, bend), choose(isRising, rising, falling));
};

/** The x below which there is a share u of it. */
export const tiltedQuantile = (u: Tensor, d: Tensor): Tensor => {
  const { isStraight, isRising, fall } = slopesOf(d);
  const share = choose(isRising, tf.sub(1, u), u);
  const below = tf.div(tf.log1p(tf.mul(share, tf.expm1(fall))), fall);
  const bend = tf.mul(tf.mul(tf.mul(d, 0.5), u), tf.sub(1, u));
  return choose(isStraight, tf.add(u, bend), choose(isRising, tf.sub(1, below), below));
};

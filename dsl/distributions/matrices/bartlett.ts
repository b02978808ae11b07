/**
 * Lower-triangular matrices with standard normal numbers below the diagonal, and on it the square roots of chi-square
 * numbers, all of them independent: the factors of Wishart matrices whose scale is the identity.
 *
 * Source: Bartlett 1933, On the theory of statistical regression, doi:10.1017/S0370164600016254.
 */
import * as tf from '@tensorflow/tfjs';
import { deviance } from '../../numerics/deviance.js';
import { lowerTriangle, solveRows, swapped } from '../../numerics/matrices/factors.js';
import { binet, binetSlope, digamma } from '../../numerics/gamma-function.js';
import { logGammaRatio } from '../../numerics/gamma-ratio.js';
import { diagonal, diagonalMatrix, strictlyLower } from '../../numerics/linear-algebra.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { choose, less } from '../../tensors/comparison.js';
import { type Noise, baseNoise } from '../../tensors/noise.js';
import type { Tensor } from '../../tensors/tensor.js';
import { awayFromZero } from '../positive/half-line.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';
import { upTo } from './degrees-of-freedom.js';

const below = (k: number): number => (k * (k - 1)) / 2;

/** The noise of one matrix of k rows. */
export const bartlettNoise = (k: number): readonly Noise[] => [
  ...gammaNoise([k]),
  ...(k > 1 ? [baseNoise('normal', [below(k)])] : []),
];

/** A draw, by half of the degrees of freedom of each entry of the diagonal, `[..., k]`. */
export const bartlettDraw = (half: Tensor, [e, g, normal]: readonly Tensor[]): Tensor => {
  const { lifted, logRatio } = standardGamma(
    half,
    [e, g].flatMap((x) => (x ? [x] : [])),
  );
  const root = tf.mul(tf.sqrt(tf.mul(lifted, 2)), tf.exp(tf.mul(logRatio, 0.5)));
  const on = diagonalMatrix(awayFromZero(root));
  return normal ? tf.add(on, strictlyLower(normal, half.shape.at(-1) ?? 1)) : on;
};

/** The sum of the squares below the diagonal. */
export const squaresBelow = (m: Tensor): Tensor =>
  tf.sum(tf.square(lowerTriangle(m, 1, 0)), [-2, -1]);

/** Below this a square is soon below float32, and what the deviance has of it beside its logarithm is nothing. */
const SMALL = 2 ** -40;

/** The deviance of half of a square. */
const fitOf = (half: Tensor, root: Tensor): Tensor => {
  const isSmall = less(root, tf.scalar(SMALL));
  const near = tf.add(tf.sub(tf.log(half), tf.mul(tf.log(root), 2)), Math.LN2 - 1);
  const squares = tf.mul(tf.square(choose(isSmall, tf.scalar(1), root)), 0.5);
  return choose(isSmall, tf.mul(half, near), deviance(half, squares));
};

/** log p of a matrix, in nats: of t_ii² / 2 as of a gamma number, whose deviance does not cancel. */
export const bartlettLogProb = (half: Tensor, t: Tensor): Tensor => {
  const on = awayFromZero(diagonal(t));
  const fit = fitOf(half, on);
  const constant = tf.sub(
    tf.sub(tf.mul(tf.log(half), 0.5), binet(half)),
    HALF_LOG_TWO_PI - Math.LN2,
  );
  const chis = tf.sum(tf.sub(tf.sub(constant, fit), tf.log(on)), -1);
  const k = half.shape.at(-1) ?? 1;
  return tf.sub(chis, tf.add(tf.mul(squaresBelow(t), 0.5), below(k) * HALF_LOG_TWO_PI));
};

/** E log t_ii. */
export const meanLogRoot = (half: Tensor): Tensor => tf.mul(tf.add(digamma(half), Math.LN2), 0.5);

/** −E log p, in nats. */
export const bartlettEntropy = (half: Tensor): Tensor => {
  const slope = tf.mul(tf.sub(0.5, half), binetSlope(half));
  const chi = tf.sub(tf.add(binet(half), slope), tf.div(0.25, half));
  const constant = HALF_LOG_TWO_PI + 0.5;
  const k = half.shape.at(-1) ?? 1;
  return tf.add(tf.sum(tf.add(chi, constant - Math.LN2 / 2), -1), below(k) * constant);
};

/** E t_ii. */
export const meanRoot = (half: Tensor): Tensor =>
  tf.mul(tf.sqrt(tf.mul(half, 2)), tf.exp(logGammaRatio(half, 0.5)));

/** Var t_ii. */
export const varianceOfRoot = (half: Tensor): Tensor =>
  tf.mul(tf.mul(half, -2), tf.expm1(tf.mul(logGammaRatio(half, 0.5), 2)));

/** Numbers for the entries of each column, on the diagonal and below it: the sums of rows of squares by them. */
export const bySquares = (squares: Tensor, on: Tensor, under: Tensor): Tensor => {
  const k = on.shape.at(-1) ?? 1;
  const each = tf.mul(tf.ones([k, 1]), tf.expandDims(under, -2));
  return tf.matMul(...alike(squares, tf.add(diagonalMatrix(on), lowerTriangle(each, 1, 0))));
};

/** Two stacks of matrices of which one may be a single one. */
const alike = (a: Tensor, b: Tensor): readonly [Tensor, Tensor] => [
  tf.add(a, tf.zerosLike(b)),
  tf.add(b, tf.zerosLike(a)),
];

/** l⁻¹ m of lower triangles. */
export const apart = (l: Tensor, m: Tensor): Tensor => swapped(solveRows(l, swapped(m), false));

/** Σ i log l_ii, by which L stretches lower triangles that it multiplies. */
export const logVolume = (l: Tensor): Tensor => {
  const weights = upTo(l.shape.at(-1) ?? 0).map((i) => i + 1);
  return tf.sum(tf.mul(tf.log(diagonal(l)), tf.tensor1d(weights)), -1);
};

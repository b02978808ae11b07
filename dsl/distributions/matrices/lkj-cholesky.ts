import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { klDirichlet } from '../../divergences/gamma.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { lowerTriangle } from '../../numerics/matrices/factors.js';
import { digammaGap, logGammaRatio } from '../../numerics/gamma-ratio.js';
import { diagonal, diagonalMatrix, strictlyLower } from '../../numerics/linear-algebra.js';
import { checkWhole } from '../../refusals/options.js';
import { type CorrCholesky, corrCholesky, positive } from '../../supports/index.js';
import { tailAlong } from '../../tensors/along.js';
import { choose, less } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../../tensors/tensor.js';
import { awayFromZero } from '../positive/half-line.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';

export const lkjCholeskyFamily: Family<{ readonly concentration: Tensor }> = {
  name: 'LKJCholesky',
  axes: { concentration: 0 },
};

/** The map whose x a draw is told by. */
const LOG_DIAGONAL = 'logarithms of a diagonal';

/** A number for the first row, before those of the others. */
const withFirst = (first: number, x: Tensor): Tensor =>
  tf.concat([tf.fill([...x.shape.slice(0, -1), 1], first), x], -1);

/** log l_ii of all rows but the first: by what is beside it where that is less, for 1 less that does not cancel. */
const logDiagonalOf = (value: Tensor): Tensor => {
  const beside = tailAlong(tf.sum(tf.square(lowerTriangle(value, 1, 0)), -1), -1);
  const isSmall = less(beside, tf.scalar(0.5));
  const near = tf.mul(tf.log1p(tf.neg(choose(isSmall, beside, tf.zerosLike(beside)))), 0.5);
  return choose(isSmall, near, tf.log(awayFromZero(tailAlong(diagonal(value), -1))));
};

/**
 * The law of Lewandowski, Kurowicka and Joe of the Cholesky factor L of a correlation matrix R = L Lᵀ of `dimension` d rows
 * with density in proportion to |R|^(η − 1), η the `concentration`: uniform at 1, near to the identity above it.
 *
 * log p(L) = Σ_{i > 1} (d − i + 2η − 2) log l_ii − log Z, in nats, a density over what is below the diagonal. Squares l_ii²
 * are beta numbers with concentrations η + (d − i) / 2 and (i − 1) / 2.
 *
 * - Shapes: batch is that of `concentration`; an event is a matrix of d × d numbers. E[R] is the identity.
 * - Gradient: pathwise. Row i is the direction of i − 1 normal numbers and the root of twice a gamma number with
 *   concentration η + (d − i) / 2, the onion method, smooth in η.
 * - Edges: a tensor `concentration` of 0 or below gives NaN or infinities. A diagonal entry below 2⁻¹⁰⁰ is that number,
 *   without gradient, but log q of an own draw is that of its logarithm.
 * - Errors: a `RangeError` for a dimension below 2.
 * - Source: Lewandowski, Kurowicka and Joe 2009, doi:10.1016/j.jmva.2009.04.008, section 3.2.
 *
 * @example
 * ```ts
 * // A correlation of two numbers, uniform from −1 to 1.
 * lkjCholesky(2, 1).logProb(tf.tensor2d([[1, 0], [0.6, 0.8]])).dataSync()[0]; // -Math.log(2)
 * ```
 */
export const lkjCholesky = (
  dimension: number,
  concentration: TensorLike,
): Distribution<CorrCholesky, 'pathwise'> => {
  checkWhole('lkjCholesky', { dimension }, 2);
  const eta = asTensor(concentration);
  const rows = Array.from({ length: dimension - 1 }, (_, i) => i + 1);
  const others = tf.tensor1d(rows.map((i) => i / 2));
  const ownOf = (of: Tensor): Tensor =>
    tf.add(tf.expandDims(of, -1), tf.tensor1d(rows.map((i) => (dimension - 1 - i) / 2)));
  const own = ownOf(eta);
  const whole = tf.add(own, others);
  /** log B(own, others) + log of the area of a sphere, less log 2: what a row's density is divided by. */
  const logNormaliser = (): Tensor =>
    tf.sub(tf.mul(others, tf.sub(Math.log(Math.PI), tf.log(own))), logGammaRatio(own, others));
  const betas = (of: Tensor): Tensor => tf.stack([of, expandTo(others, of.shape)], -1);
  return distribution({
    family: lkjCholeskyFamily,
    parameters: { concentration: eta },
    arguments: argumentsOf('lkjCholesky', { concentration: [concentration, eta, positive] }),
    support: corrCholesky,
    eventShape: [dimension, dimension],
    sampler: {
      gradient: 'pathwise',
      noise: [
        baseNoise('normal', [(dimension * (dimension - 1)) / 2]),
        ...gammaNoise([dimension - 1]),
      ],
      draw: ([e = tf.zeros([(dimension * (dimension - 1)) / 2]), ...blocks]) => {
        const normals = strictlyLower(e, dimension);
        const { lifted, logRatio } = standardGamma(own, blocks);
        const logTwice = tf.add(tf.log(tf.mul(lifted, 2)), logRatio);
        const beside = tailAlong(tf.sum(tf.square(normals), -1), -1);
        const length = tf.add(beside, tf.exp(logTwice));
        const x = tf.mul(tf.sub(logTwice, tf.log(length)), 0.5);
        const on = diagonalMatrix(withFirst(1, awayFromZero(tf.exp(x))));
        const over = tf.sqrt(withFirst(1, length));
        const value = tf.add(on, tf.div(normals, tf.expandDims(over, -1)));
        return { value, preimage: { map: LOG_DIAGONAL, x, eventRank: 1 } };
      },
    },
    logProb: (value, preimage) => {
      const logs = imageUnder(LOG_DIAGONAL, preimage) ?? logDiagonalOf(value);
      const powers = tf.mul(tf.sub(own, 1), 2);
      return tf.sum(tf.sub(tf.mul(powers, logs), logNormaliser()), -1);
    },
    mean: () => {
      const logs = tf.sub(logGammaRatio(own, 0.5), logGammaRatio(whole, 0.5));
      const shrunk = tf.mul(tf.sqrt(tf.div(own, whole)), tf.exp(logs));
      return diagonalMatrix(withFirst(1, shrunk));
    },
    variance: () => {
      const gap = tf.sub(logGammaRatio(own, 0.5), logGammaRatio(whole, 0.5));
      const on = tf.mul(tf.div(own, whole), tf.neg(tf.expm1(tf.mul(gap, 2))));
      const square = tf.ones([dimension, dimension]);
      const each = tf.div(0.5, tf.add(eta, (dimension - 1) / 2));
      const below = lowerTriangle(tf.mul(square, tf.reshape(each, [...each.shape, 1, 1])), 1, 0);
      return tf.add(diagonalMatrix(withFirst(0, on)), below);
    },
    entropy: () =>
      tf.sum(tf.add(logNormaliser(), tf.mul(tf.sub(own, 1), digammaGap(own, others))), -1),
    klTo: (p) =>
      isOf(p, lkjCholeskyFamily)
        ? tf.sum(klDirichlet(betas(own), betas(ownOf(p.parameters.concentration))), -1)
        : undefined,
  });
};

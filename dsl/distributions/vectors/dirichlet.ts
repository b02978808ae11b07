import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { deviance } from '../../numerics/deviance.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klDirichlet } from '../../divergences/gamma.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { binet, binetSlope } from '../../numerics/gamma-function.js';
import { HALF_LOG_TWO_PI, logSumExpLast } from '../../numerics/special.js';
import { type Simplex, simplex, positive } from '../../supports/index.js';
import { choose, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { awayFromZero } from '../positive/half-line.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';

export const dirichletFamily: Family<{ readonly concentration: Tensor }> = {
  name: 'Dirichlet',
  axes: { concentration: 1 },
  of: ({ concentration }) => dirichlet(concentration),
};

/** The map whose x a draw is told by. */
export const LOG_SHARES = 'shares of logarithms';

/** A log density of shares, −∞ where one of them is below 0. */
export const onShares = (shares: Tensor, logDensity: Tensor): Tensor =>
  choose(less(tf.min(shares, -1), tf.scalar(0)), tf.scalar(-Infinity), logDensity);

const classesOf = (concentration: Tensor): number =>
  concentration.shape[concentration.rank - 1] ?? 0;

const total = (concentration: Tensor): Tensor => tf.sum(concentration, -1, true);

/** Σ f(αᵢ) − f(Σ αᵢ) over the last axis. */
const excess = (concentration: Tensor, f: (x: Tensor) => Tensor): Tensor =>
  tf.sub(tf.sum(f(concentration), -1), tf.squeeze(f(total(concentration)), [-1]));

const fromFit = (concentration: Tensor, deviances: Tensor, logShares: Tensor): Tensor => {
  const free = (classesOf(concentration) - 1) * HALF_LOG_TWO_PI;
  const constant = excess(concentration, (x) => tf.sub(tf.mul(tf.log(x), 0.5), binet(x)));
  const fit = tf.sum(deviances, -1);
  return tf.sub(tf.sub(tf.sub(constant, free), fit), tf.sum(logShares, -1));
};

/**
 * log p of positive shares along the last axis, Σ (αᵢ − 1) log zᵢ − Σ log Γ(αᵢ) + log Γ(Σ αᵢ),
 * evaluated as −Σ D(αᵢ, zᵢ Σ α) with D the deviance, and what Binet's function leaves.
 */
export const dirichletLogProb = (concentration: Tensor, shares: Tensor): Tensor =>
  fromFit(
    concentration,
    deviance(concentration, tf.mul(shares, total(concentration))),
    tf.log(shares),
  );

/** The same of the logarithms of shares, which may lie far below those of float32. */
export const dirichletLogProbOfLogs = (concentration: Tensor, logShares: Tensor): Tensor => {
  // log of each share over its mean: D(α, α eʳ) is α (eʳ − 1 − r).
  const r = tf.add(logShares, tf.log(tf.div(total(concentration), concentration)));
  return fromFit(concentration, tf.mul(concentration, tf.sub(tf.expm1(r), r)), logShares);
};

/** Σ log Γ(αᵢ) − log Γ(A) + (A − K) ψ(A) − Σ (αᵢ − 1) ψ(αᵢ) with A = Σ αᵢ, in Binet's function. */
export const dirichletEntropy = (concentration: Tensor): Tensor => {
  const classes = classesOf(concentration);
  const whole = total(concentration);
  const slope = (x: Tensor): Tensor => tf.sub(binetSlope(x), tf.div(0.5, x));
  const parts = tf.sum(tf.mul(tf.sub(concentration, 1), slope(concentration)), -1);
  const ofWhole = tf.mul(tf.sub(whole, classes), slope(whole));
  const logs = tf.sub(
    tf.mul(tf.sum(tf.log(concentration), -1), 0.5),
    tf.mul(tf.squeeze(tf.log(whole), [-1]), classes - 0.5),
  );
  return tf.add(
    tf.add(tf.add(logs, (classes - 1) * HALF_LOG_TWO_PI), excess(concentration, binet)),
    tf.sub(tf.squeeze(ofWhole, [-1]), parts),
  );
};

/**
 * The Dirichlet distribution over the simplex of K shares.
 *
 * log p(z) = Σ (αᵢ − 1) log zᵢ − Σ log Γ(αᵢ) + log Γ(Σ αᵢ), in nats, a density in all shares but one.
 *
 * - Shapes: `concentration` is `[..., K]`, batch is what is left of K; an event is K shares.
 * - Gradient: pathwise, gamma draws divided by their sum, in log space.
 * - Edges: a tensor of 0 or below gives NaN or infinities. A share below 2⁻¹⁰⁰, drawn or
 *   given, is taken for that number, but log q of an own draw is that of its
 *   logarithms; log p is −∞ where one is below 0, and whether they sum to 1 is not checked.
 * - Errors: a `RangeError` where `concentration` is a single number.
 * - Source: Kotz, Balakrishnan and Johnson, Continuous Multivariate Distributions 1, chapter 49.
 *
 * @example
 * ```ts
 * dirichlet([1, 1, 1]).logProb(tf.tensor1d([0.2, 0.3, 0.5])).dataSync()[0]; // Math.log(2)
 * ```
 */
export const dirichlet = (concentration: TensorLike): Distribution<Simplex, 'pathwise'> => {
  const alpha = asTensor(concentration);
  const classes = alpha.shape[alpha.rank - 1];
  if (classes === undefined) {
    throw new RangeError(
      'dirichlet: expected one concentration a share along the last axis, but got a single number; ' +
        'give a vector, or use beta for a single share.',
    );
  }
  const mean = (): Tensor => tf.div(alpha, total(alpha));
  return distribution({
    family: dirichletFamily,
    parameters: { concentration: alpha },
    arguments: argumentsOf('dirichlet', { concentration: [concentration, alpha, positive, 1] }),
    support: simplex,
    eventShape: [classes],
    sampler: {
      gradient: 'pathwise',
      noise: gammaNoise([classes]),
      draw: (blocks) => {
        const { lifted, logRatio } = standardGamma(alpha, blocks);
        const logs = tf.add(tf.log(lifted), logRatio);
        const x = tf.sub(logs, tf.expandDims(logSumExpLast(logs), -1));
        const value = awayFromZero(tf.softmax(logs));
        return { value, preimage: { map: LOG_SHARES, x, eventRank: 1 } };
      },
    },
    logProb: (value, preimage) => {
      const logs = imageUnder(LOG_SHARES, preimage);
      return logs
        ? dirichletLogProbOfLogs(alpha, logs)
        : onShares(value, dirichletLogProb(alpha, awayFromZero(value)));
    },
    mean,
    variance: () => tf.div(tf.mul(mean(), tf.sub(1, mean())), tf.add(total(alpha), 1)),
    entropy: () => dirichletEntropy(alpha),
    klTo: (p) =>
      isOf(p, dirichletFamily) ? klDirichlet(alpha, p.parameters.concentration) : undefined,
  });
};

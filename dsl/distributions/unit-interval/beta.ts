import * as tf from '@tensorflow/tfjs';
import { choose, greater } from '../../tensors/comparison.js';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klDirichlet } from '../../divergences/gamma.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { betaLogitQuantile, betainc } from '../../numerics/incomplete-beta.js';
import { broadcastAll } from '../../tensors/shape.js';
import { logSigmoid } from '../../numerics/special.js';
import { type Interval, unitInterval, positive } from '../../supports/index.js';
import { sigmoidTo } from '../../supports/interval.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../../tensors/tensor.js';
import {
  dirichletEntropy,
  dirichletLogProb,
  dirichletLogProbOfLogs,
} from '../vectors/dirichlet.js';
import { insideUnit, shareOfUnit } from './logit.js';
import { atLeast, awayFromZero, onHalfLine } from '../positive/half-line.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';

type BetaParameters = { readonly concentration1: Tensor; readonly concentration0: Tensor };

export const betaFamily: Family<BetaParameters> = {
  name: 'Beta',
  axes: { concentration1: 0, concentration0: 0 },
  of: ({ concentration1, concentration0 }) => beta(concentration1, concentration0),
};

/** The map whose x a draw is told by: its logit. */
const LOGIT = sigmoidTo(0, 1).name;

/** The two concentrations as those of a Dirichlet law. */
const sharesOf = ({ concentration1, concentration0 }: BetaParameters): Tensor => {
  const batch = broadcastAll('beta(concentration1, concentration0)', [
    concentration1.shape,
    concentration0.shape,
  ]);
  return tf.stack([expandTo(concentration1, batch), expandTo(concentration0, batch)], -1);
};

/** The largest float32 below 1. */
const BELOW_ONE = 1 - 2 ** -24;

/** What a value that was rounded to 1 may have left to 1. */
const LEFT_AT_ONE = 2 ** -25;

/**
 * The beta distribution over the unit interval: the first share of a Dirichlet law with two. Its mean
 * is `concentration1 / (concentration1 + concentration0)`.
 *
 * log p(z) = (α₁ − 1) log z + (α₀ − 1) log(1 − z) − log B(α₁, α₀), in nats, −∞ outside.
 *
 * - Shapes: batch is the two concentrations broadcast; an event is one number.
 * - Gradient: pathwise, the sigmoid of the difference of the logarithms of two gamma draws.
 * - Edges: tensors of 0 or below give NaN or infinities. Draws lie in [2⁻¹⁰⁰, 1 − 2⁻²⁴],
 *   without gradient where they were put there: float32 has nothing between that and 1, where a
 *   `concentration0` of 0.5 has two draws in ten thousand. log q of an own draw is that of its logit,
 *   which has no such end, and so is log p of it by another beta law or one transformed by
 *   sigmoidTo(0, 1); any other prior or likelihood sees the number itself. Values at the bounds count
 *   as inside, 0 as 2⁻¹⁰⁰ and 1 as 1 − 2⁻²⁵. Second derivatives of `cdf` and `icdf` in the concentrations are NaN.
 *
 * @example
 * ```ts
 * beta(2, 2).logProb(tf.scalar(0.5)).dataSync()[0]; // Math.log(1.5)
 * beta(2, 2).cdf?.(tf.scalar(0.25)).dataSync()[0]; // 5 / 32
 * ```
 */
export const beta = (
  concentration1: TensorLike,
  concentration0: TensorLike,
): Distribution<Interval<0, 1>, 'pathwise'> => {
  const one = asTensor(concentration1);
  const zero = asTensor(concentration0);
  const alpha = sharesOf({ concentration1: one, concentration0: zero });
  const mean = (): Tensor => tf.div(one, tf.add(one, zero));
  return distribution({
    family: betaFamily,
    parameters: { concentration1: one, concentration0: zero },
    arguments: argumentsOf('beta', {
      concentration1: [concentration1, one, positive],
      concentration0: [concentration0, zero, positive],
    }),
    support: unitInterval,
    sampler: {
      gradient: 'pathwise',
      noise: gammaNoise([2]),
      draw: (blocks) => {
        const { lifted, logRatio } = standardGamma(alpha, blocks);
        const x = tf.sum(tf.mul(tf.add(tf.log(lifted), logRatio), tf.tensor1d([1, -1])), -1);
        const z = tf.sigmoid(x);
        const below = choose(greater(z, tf.scalar(BELOW_ONE)), tf.scalar(BELOW_ONE), z);
        return { value: awayFromZero(below), preimage: { map: LOGIT, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const x = imageUnder(LOGIT, preimage);
      if (x) {
        const logs = tf.stack([logSigmoid(x), logSigmoid(tf.neg(x))], -1);
        return dirichletLogProbOfLogs(alpha, logs);
      }
      const rest = tf.sub(1, value);
      const density = dirichletLogProb(
        alpha,
        tf.stack([awayFromZero(value), atLeast(rest, LEFT_AT_ONE)], -1),
      );
      return onHalfLine(value, onHalfLine(rest, density));
    },
    mean,
    variance: () => {
      const m = mean();
      return tf.div(tf.mul(m, tf.sub(1, m)), tf.add(tf.add(one, zero), 1));
    },
    entropy: () => dirichletEntropy(alpha),
    cdf: (value) => shareOfUnit(value, betainc(one, zero, insideUnit(value))),
    icdf: (u) => tf.sigmoid(betaLogitQuantile(u, one, zero)),
    klTo: (p) => (isOf(p, betaFamily) ? klDirichlet(alpha, sharesOf(p.parameters)) : undefined),
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { multinomialDraw } from '../../numerics/count-quantile.js';
import { type CountVectors, countVectors, positive } from '../../supports/index.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { gammaNoise, standardGamma } from '../positive/standard-gamma.js';
import { type Bound, boundOf } from '../real-line/uniform.js';
import { trials } from './domains.js';
import { type CountGradient, listedVectors } from './listed.js';
import { logNegativeBinomial, onCounts, soundVector } from './log-mass.js';

type DirichletMultinomialParameters = {
  readonly concentration: Tensor;
  readonly totalCount: Tensor;
};

export const dirichletMultinomialFamily: Family<DirichletMultinomialParameters> = {
  name: 'DirichletMultinomial',
  axes: { concentration: 1, totalCount: 0 },
  of: ({ concentration, totalCount }) => dirichletMultinomial(concentration, totalCount),
};

/**
 * The Dirichlet-multinomial distribution: how many of `totalCount` things fall into each of K classes, with chances for
 * all of them that are drawn from a Dirichlet law.
 *
 * log p(k) = log n! + log Γ(A) − log Γ(n + A) + Σ (log Γ(kᵢ + αᵢ) − log Γ(αᵢ) − log kᵢ!), in nats, for counts that
 * sum to n, and −∞ for any others, with α for `concentration` and A = Σ αᵢ. Evaluated as Σ log f(kᵢ; αᵢ) − log f(n; A)
 * with the probabilities f of negative binomial laws that have one chance, none of which cancels.
 *
 * - Shapes: `concentration` is `[..., K]`, batch is `totalCount` and what is left of K broadcast; an event is K whole
 *   numbers.
 * - Gradient: `enumerable` where `totalCount` is a number, as its values can be summed over (up to 4096 of them), else
 *   `score`; none through the draw.
 * - Edges: tensors of concentrations of 0 or below give NaN or infinities. Counts up to 2²².
 * - Errors: a `concentration` that is a single number, and a `totalCount` of numbers that are no whole ones from 0 to
 *   2²², is a `RangeError`.
 * - Source: Johnson, Kotz and Balakrishnan, Discrete Multivariate Distributions, section 35.13.1.
 *
 * @example
 * ```ts
 * const words = dirichletMultinomial([1, 1, 1], 3);
 * words.logProb(tf.tensor1d([1, 0, 2])).dataSync()[0]; // -Math.log(10)
 * ```
 */
export const dirichletMultinomial = <const N extends TensorLike>(
  concentration: TensorLike,
  totalCount: N,
): Distribution<CountVectors<Bound<N>>, CountGradient<N>> => {
  const alpha = asTensor(concentration);
  const n = asTensor(totalCount);
  const classes = alpha.shape[alpha.rank - 1];
  if (classes === undefined) {
    throw new RangeError(
      'dirichletMultinomial: expected one concentration a class along the last axis, but got a single ' +
        'number; give a vector, or use betaBinomial for two classes.',
    );
  }
  const all = tf.expandDims(n, -1);
  const whole = tf.sum(alpha, -1, true);
  const shares = tf.div(alpha, whole);
  const draw = ([e = tf.zeros([classes]), ...blocks]: readonly Tensor[]) => {
    const { lifted, logRatio } = standardGamma(alpha, blocks);
    return { value: multinomialDraw(e, all, tf.add(tf.log(lifted), logRatio)) };
  };
  return distribution({
    family: dirichletMultinomialFamily,
    parameters: { concentration: alpha, totalCount: n },
    arguments: argumentsOf('dirichletMultinomial', {
      concentration: [concentration, alpha, positive, 1],
      totalCount: [totalCount, n, trials],
    }),
    support: countVectors(boundOf(totalCount)),
    eventShape: [classes],
    sampler: {
      ...listedVectors(totalCount, classes),
      noise: [baseNoise('normal', [classes]), ...gammaNoise([classes])],
      draw,
    },
    logProb: (value) => {
      const { sound, outside } = soundVector(value, n);
      const parts = logNegativeBinomial(sound, tf.mul(all, shares), alpha);
      const together = logNegativeBinomial(n, n, tf.squeeze(whole, [-1]));
      return onCounts(outside, tf.sub(tf.sum(parts, -1), together));
    },
    mean: () => tf.mul(all, shares),
    variance: () => {
      const spread = tf.mul(tf.mul(all, shares), tf.sub(1, shares));
      return tf.mul(spread, tf.div(tf.add(whole, all), tf.add(whole, 1)));
    },
  });
};

import * as tf from '@tensorflow/tfjs';
import { logPowerMean } from '../weights/log-power-mean.js';
import { logWeights, sumOverData } from '../weights/log-weights.js';
import { checkMaskedDraws } from '../estimators/masked-draws.js';
import { normalisedWeights } from '../weights/normalised-weights.js';
import { type Objective, fromDraws } from '../objective.js';
import { byWeightedScores, weightedScores } from '../weights/weighted-scores.js';
import { anything, checkOptions, demand, required, whole } from '../../../dsl/refusals/options.js';

/** How the χ upper bound is estimated. */
export interface CuboOptions {
  /** K, the draws of the guide that the mean is taken over. */
  readonly particles: number;
  /** n > 1; 2, the χ² divergence, where it is left out. */
  readonly order?: number;
}

/**
 * The χ upper bound of order n, CUBO_n = 1/n log E_q[(p(x, z) / q(z))^n] ≥ log p(x), in nats,
 * minimised over the guide: the value is its negative and the loss the bound itself.
 *
 * - Taken for each element of the plates that all sites share, unscaled, then summed and scaled up.
 *   The mean of K weights stands for the expectation: the estimate's bias vanishes as 1/K, and for
 *   K = 1 it is the ELBO; only in the limit is it above log p(x).
 * - Gradient: that of the bound, (1 − n)/n E_q[w^n ∂ log q] / E_q[w^n], with both expectations over
 *   the same K draws, which are held fixed; its bias vanishes as 1/K. It is not the gradient of the
 *   estimate's own expectation, which for small K is lowered by a guide that misses the posterior.
 *   The model's parameters have none: an upper bound would be lowered by less evidence.
 * - It asks for a guide that covers the model: what the guide never draws is never seen.
 * - Errors: as for `eubo`; an order of 1 or less is a `RangeError`.
 * - Source: Dieng et al. 2017, Variational Inference via χ Upper Bound Minimization, arXiv:1611.00328.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * const inference = svi({
 *   model: () => model,
 *   guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: cubo({ particles: 3 }),
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // -7.5155
 * ```
 */
export const cubo = (
  options: CuboOptions,
): Objective<{ readonly support: 'covers'; readonly gradient: 'any' }> => {
  checkOptions('cubo', options, { particles: required(whole()), order: anything });
  const { particles, order = 2 } = options;
  const finite = Number.isFinite(order) && order > 1;
  demand(finite, 'cubo', 'an order greater than 1', order, 'pass order: 2, say');
  return {
    name: 'cubo',
    particles,
    preferences: { ...fromDraws, everySite: byWeightedScores },
    meaning: {
      requires: { support: 'covers', gradient: 'any' },
      over: 'weights',
      bound: 'upper',
      inTheLimit: true,
      monotone: 'nondecreasing',
      trains: 'guide',
      gradient: 'other',
    },
    notation: {
      symbol: 'CUBO',
      formula: {
        text: `1/${order} log E_q[w^${order}]`,
        latex: `\\frac{1}{${order}} \\log \\mathbb{E}_q\\left[w^{${order}}\\right]`,
      },
    },
    estimate: (joint) => {
      checkMaskedDraws(joint);
      const weights = logWeights(joint);
      const share = normalisedWeights(tf.mul(weights, order));
      return {
        value: tf.neg(sumOverData(joint, logPowerMean(weights, order))),
        surrogate: tf.mul(weightedScores(joint, share), 1 - 1 / order),
        terms: {},
      };
    },
  };
};

import * as tf from '@tensorflow/tfjs';
import { checkOptions, required, whole } from '../../../dsl/refusals/options.js';
import { logWeights, sumOverData } from '../weights/log-weights.js';
import { normalisedWeights, weightedMean } from '../weights/normalised-weights.js';
import { type Objective, fromDraws } from '../objective.js';
import { byWeightedScores, weightedScores } from '../weights/weighted-scores.js';

/** How an upper bound is estimated. */
export interface EuboOptions {
  /** K, the draws of the guide that stand for the posterior once they are weighed. */
  readonly particles: number;
}

/**
 * The evidence upper bound, E_p(z|x)[log p(x, z) − log q(z)] = log p(x) + KL(p(z|x) ‖ q(z)), in nats,
 * minimised over the guide: the value is its negative and the loss the bound itself.
 *
 * - The expectation over the posterior is one over K draws of the guide, weighed by the normalised
 *   weights of each element of the plates that all sites share. Its bias vanishes as 1/K; for K = 1
 *   it is the ELBO, and only in the limit is it above log p(x).
 * - Gradient: Σ_k w̃_k ∂ log q(z_k) for the guide, at fixed draws, of the same bias; 0 in expectation
 *   for K = 1. The model's parameters have none: an upper bound would be lowered by less evidence.
 * - It asks for a guide that covers the model: what the guide never draws is never seen.
 * - Errors: a subsampled plate that not every site lies in, or a guide whose support moves with its
 *   parameters, throws a `SiteError`.
 * - Source: Ji and Shen 2019, Stochastic Variational Inference via Upper Bound,
 *   arXiv:1912.00650; the gradient is the wake-phase update of Bornschein and Bengio 2015,
 *   Reweighted Wake-Sleep, arXiv:1406.2751.
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
 *   objective: eubo({ particles: 3 }),
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // -7.5155
 * ```
 */
export const eubo = (
  options: EuboOptions,
): Objective<{ readonly support: 'covers'; readonly gradient: 'any' }> => {
  checkOptions('eubo', options, { particles: required(whole()) });
  const { particles } = options;
  return {
    name: 'eubo',
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
      symbol: 'EUBO',
      formula: {
        text: 'E_p(latent | data)[log w]',
        latex: '\\mathbb{E}_{p(\\mathrm{latent} \\mid \\mathrm{data})}\\left[\\log w\\right]',
      },
    },
    estimate: (joint) => {
      const weights = logWeights(joint);
      const share = normalisedWeights(weights);
      return {
        value: tf.neg(sumOverData(joint, weightedMean(share, weights))),
        surrogate: weightedScores(joint, share),
        terms: {},
      };
    },
  };
};

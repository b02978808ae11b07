import { checkOptions } from '../../../dsl/refusals/options.js';
import type { Objective } from '../objective.js';
import {
  type GradientNeeded,
  type WeightsGradient,
  type WeightsOptions,
  estimatePowerMean,
  gradientNeeded,
  meanWeight,
  weightsPreferences,
  weightsRules,
} from './options.js';

/**
 * The importance-weighted bound, E_q[log 1/K Σ_k p(x, z_k) / q(z_k)] ≤ log p(x), in nats, maximised.
 *
 * - The mean is taken for each element of the plates that all sites share, unscaled; then the
 *   elements are summed and scaled up. A site outside every plate leaves one mean for all.
 * - K = 1 is the ELBO, with every divergence sampled; the bound does not decrease with K.
 * - Gradient: unbiased. Draws that carry it are differentiated through; other sites get a score
 *   function whose signal is what the bound loses without the particle, as in VIMCO
 *   (Mnih and Rezende 2016, arXiv:1602.06725). `doublyReparameterised` passes it to the model's
 *   parameters by normalised weights and to the guide's through the draws by their squares (Tucker
 *   et al. 2019, arXiv:1810.04152); at the posterior the guide's is 0 for every draw.
 * - Errors: a subsampled plate that not every site lies in throws a `SiteError`, and so does, under
 *   `doublyReparameterised` or where there is a score, a guide whose support moves.
 * - Source: Burda et al. 2016, Importance Weighted Autoencoders, equation 8, arXiv:1509.00519.
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
 * const posterior = sample('z', normal(2.5, Math.SQRT1_2));
 * const objective = iwae({ particles: 5 });
 * showDerivation(derive(model, posterior, objective)).split('\n')[0];
 * // 'log p(data) ≥ IWAE = E_q[log 1/K Σ_k w_k], log w ='
 * const inference = svi({
 *   model: () => model,
 *   guide: () => posterior,
 *   objective,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 7.5155
 * ```
 */
export const iwae = <const G extends WeightsGradient = 'any', const S extends string = never>(
  options: WeightsOptions<G, S>,
): Objective<{ readonly support: 'within'; readonly gradient: GradientNeeded<G> }, S> => {
  checkOptions<WeightsOptions>('iwae', options, weightsRules);
  const { particles, gradient } = options;
  return {
    name: 'iwae',
    particles,
    meaning: {
      requires: { support: 'within', gradient: gradientNeeded(gradient) },
      over: 'weights',
      monotone: 'nondecreasing',
    },
    notation: { symbol: 'IWAE', formula: meanWeight },
    preferences: weightsPreferences(options),
    estimate: (joint) => estimatePowerMean(joint, 1, gradient),
  };
};

import { estimateWeights } from '../estimate-weights.js';
import { logPowerMean } from '../log-power-mean.js';
import { type Objective, type Preferences, type Requirements, fromDraws } from '../objective.js';
import { checkParticles, gradientNeeded } from './options.js';

/** How an importance-weighted bound is estimated. */
export interface IwaeOptions<G extends Requirements['gradient'] = Requirements['gradient']> {
  /** K, the draws of the guide that each weight's mean is taken over. */
  readonly particles: number;
  /** `pathwise` refuses a guide with a site that is not reparameterised. */
  readonly gradient?: G;
  /** Of the score function, for sites that are not. */
  readonly baseline?: Preferences['baseline'];
}

/**
 * The importance-weighted bound, E_q[log 1/K Σ_k p(x, z_k) / q(z_k)] ≤ log p(x), in nats, maximised.
 *
 * - The mean is taken for each element of the plates that all sites share, unscaled; then the
 *   elements are summed and scaled up. A site outside every plate leaves one mean for all.
 * - K = 1 is the ELBO, with every divergence sampled; the bound does not decrease with K.
 * - Gradient: unbiased. Draws that carry it are differentiated through; other sites get a score
 *   function whose signal is what the bound loses without the particle, as in VIMCO
 *   (Mnih and Rezende 2016, arXiv:1602.06725).
 * - Errors: a subsampled plate that not every site lies in throws a `SiteError`.
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
 * const derivation = derive(model, sample('z', normal(2, 1)), iwae({ particles: 5 }));
 * showDerivation(derivation).split('\n')[0]; // 'log p(data) ≥ IWAE = E_q[log 1/K Σ_k w_k], log w ='
 * ```
 */
export const iwae = <const G extends Requirements['gradient'] = 'any'>({
  particles,
  gradient,
  baseline = 'leaveOneOut',
}: IwaeOptions<G>): Objective<{ readonly support: 'within'; readonly gradient: G }> => {
  checkParticles('iwae', particles);
  return {
    name: 'iwae',
    symbol: 'IWAE',
    particles,
    requires: { support: 'within', gradient: gradientNeeded(gradient) },
    preferences: { ...fromDraws, baseline },
    statement: {
      ofWeights: { text: 'log 1/K Σ_k w_k', latex: '\\log \\frac{1}{K} \\sum_k w_k' },
    },
    estimate: (joint) => estimateWeights(joint, (weights) => logPowerMean(weights, 1)),
  };
};

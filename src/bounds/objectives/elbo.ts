import { estimateTerms } from '../estimate.js';
import type { Objective, Preferences, Requirements } from '../objective.js';
import { checkParticles, gradientNeeded } from './options.js';

/** How an ELBO is estimated; the defaults take the lowest variance that is valid. */
export interface ElboOptions<
  G extends Requirements['gradient'] = Requirements['gradient'],
> extends Partial<Preferences> {
  /** Independent draws of the guide, averaged. */
  readonly particles?: number;
  /** `pathwise` refuses a guide with a site that is not reparameterised. */
  readonly gradient?: G;
}

/**
 * The evidence lower bound, E_q[log p(x, z) − log q(z)] ≤ log p(x), in nats, maximised.
 *
 * - Each site's KL(q ‖ p) is taken in closed form where one exists and is valid, and is sampled
 *   otherwise; finite supports are summed; what is left gets a score function, with a leave-one-out
 *   baseline where there are two or more particles.
 * - Gradient: unbiased.
 * - Source: Jordan et al. 1999, An Introduction to Variational Methods for Graphical Models; Kingma
 *   and Welling 2014, equation 2, arXiv:1312.6114.
 *
 * @example
 * ```ts
 * elbo({ particles: 8 }).particles; // 8
 * ```
 */
export const elbo = <const G extends Requirements['gradient'] = 'any'>(
  options: ElboOptions<G> = {},
): Objective<{ readonly support: 'within'; readonly gradient: G }> => {
  const {
    particles = 1,
    gradient,
    closedFormKl = 'whereValid',
    discrete = 'enumerate',
    baseline = 'leaveOneOut',
  } = options;
  checkParticles('elbo', particles);
  return {
    name: 'elbo',
    symbol: 'ELBO',
    particles,
    requires: { support: 'within', gradient: gradientNeeded(gradient) },
    preferences: { closedFormKl, discrete, baseline },
    estimate: (joint) => estimateTerms(joint),
  };
};

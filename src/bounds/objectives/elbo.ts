import { checkOptions, oneOf, whole } from '../../../dsl/refusals/options.js';
import { estimateTerms, estimatorCarry } from '../estimate.js';
import type { EstimatorChoice } from '../estimators/estimator.js';
import { rescored } from '../estimators/rescored.js';
import type { Objective, Preferences } from '../objective.js';
import { type GradientNeeded, gradientNeeded, preferenceRules } from './options.js';

const stickingTheLanding: EstimatorChoice = {
  estimator: { name: 'stickingTheLanding', label: 'sticking the landing', throughDraw: true },
  why: 'the gradient goes through the draw alone: that of the parameters inside log q has mean 0',
};

/** How the gradient of an ELBO is estimated. */
export type ElboGradient = 'any' | 'pathwise' | 'stickingTheLanding';

/** How an ELBO is estimated; the defaults take the lowest variance that is valid. */
export interface ElboOptions<
  G extends ElboGradient = ElboGradient,
  S extends string = string,
> extends Partial<Omit<Preferences<S>, 'everySite' | 'antithetic'>> {
  /** Independent draws of the guide, averaged; 1 where it is left out. */
  readonly particles?: number;
  /**
   * `pathwise` refuses a guide with a site that is not reparameterised. `stickingTheLanding` does
   * too, and stops the parameters inside log q: less variance near the posterior.
   */
  readonly gradient?: G;
}

/**
 * The evidence lower bound, E_q[log p(x, z) − log q(z)] ≤ log p(x), in nats, maximised.
 *
 * - Each site's KL(q ‖ p) is taken in closed form where one exists and is valid, and is sampled
 *   otherwise; finite supports are summed; what is left gets a score function, with a leave-one-out
 *   baseline where there are two or more particles. `estimators` names others for some sites.
 * - Gradient: unbiased. `stickingTheLanding` samples every divergence and goes through the draws
 *   alone, for the score inside log q has mean 0 (Roeder et al. 2017, arXiv:1703.09194);
 *   at the posterior the guide's is 0 for every draw.
 * - Errors: `stickingTheLanding` with closed forms is a `RangeError`, with a guide whose support
 *   moves with its parameters a `SiteError`.
 * - Source: Jordan et al. 1999, An Introduction to Variational Methods for Graphical Models; Kingma
 *   and Welling 2014, equation 2, arXiv:1312.6114.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => sample('z', normal(0, 1)),
 *   guide: () => sample('z', normal(2, 1)),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * // KL(N(2, 1) ‖ N(0, 1)).
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 2
 * ```
 */
export const elbo = <const G extends ElboGradient = 'any', const S extends string = never>(
  options: ElboOptions<G, S> = {},
): Objective<{ readonly support: 'within'; readonly gradient: GradientNeeded<G> }, S> => {
  checkOptions<ElboOptions>('elbo', options, {
    ...preferenceRules,
    particles: whole(),
    gradient: oneOf('any', 'pathwise', 'stickingTheLanding'),
  });
  const { particles = 1, gradient, discrete = 'enumerate', baseline = 'leaveOneOut' } = options;
  const { estimators } = options;
  const lands = gradient === 'stickingTheLanding';
  const { closedFormKl = lands ? 'never' : 'whereValid' } = options;
  if (lands && closedFormKl !== 'never') {
    throw new RangeError(
      'elbo: expected sampled divergences under stickingTheLanding, but got closedFormKl ' +
        `'${closedFormKl}'; leave it out.`,
    );
  }
  return {
    name: 'elbo',
    particles,
    meaning: { requires: { support: 'within', gradient: gradientNeeded(gradient) } },
    notation: { symbol: 'ELBO' },
    preferences: {
      closedFormKl,
      discrete,
      baseline,
      ...(estimators && { estimators }),
      ...(lands && { everySite: stickingTheLanding }),
    },
    carry: estimatorCarry,
    estimate: (joint) => estimateTerms(lands ? rescored(joint, { guide: 'stopped' }) : joint),
  };
};

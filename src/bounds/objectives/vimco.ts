import { checkOptions, required, whole } from '../../../dsl/refusals/options.js';
import { stopGradient } from '../../../dsl/index.js';
import { rescored } from '../estimators/rescored.js';
import { scoreOfEverySite } from '../estimators/score-function.js';
import type { Objective } from '../objective.js';
import { estimatePowerMean } from './options.js';
import { iwae } from './iwae.js';

/** How VIMCO is estimated. */
export interface VimcoOptions {
  /** K, two at least, for the signal of each comes from the others. */
  readonly particles: number;
}

/**
 * The importance-weighted bound of `iwae` with a score function for every site, whether or not its
 * draws carry a gradient: variational inference for Monte Carlo objectives.
 *
 * - Gradient: unbiased, E Σ_k (f − f₋ₖ) ∂ log q(z_k) + ∂f at fixed draws, f the bound of a datum and
 *   f₋ₖ the same with the geometric mean of the other weights for the k-th. It asks nothing of the
 *   model's derivative by z. `iwae` does the same for the sites that need it and has less variance
 *   for those that do not.
 * - Errors: as for `iwae`.
 * - Source: Mnih and Rezende 2016, Variational Inference for Monte Carlo Objectives, arXiv:1602.06725.
 *
 * @example
 * ```ts
 * const bit = () => sample('z', bernoulli({ probs: 0.5 }));
 * derive(bit(), bit(), vimco({ particles: 4 })).latents[0]?.estimator.setting;
 * // 'leave-one-out'
 * ```
 */
export const vimco = (
  options: VimcoOptions,
): Objective<{ readonly support: 'within'; readonly gradient: 'any' }> => {
  checkOptions('vimco', options, { particles: required(whole(2)) });
  const { particles } = options;
  const bound = iwae({ particles });
  return {
    ...bound,
    name: 'vimco',
    preferences: { ...bound.preferences, everySite: scoreOfEverySite() },
    estimate: (joint) =>
      estimatePowerMean(
        rescored(joint, { guide: 'live', model: 'live', path: stopGradient }),
        1,
        'any',
      ),
  };
};

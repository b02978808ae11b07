/** The options that objectives share. */
import {
  doublyReparameterised,
  estimateDoublyReparameterised,
} from '../estimators/double-reparameterisation.js';
import { estimateWeights } from '../weights/estimate-weights.js';
import { logPowerMeanOfOthers } from '../weights/leave-one-out.js';
import { type Rules, oneOf, required, whole } from '../../../dsl/refusals/options.js';
import type { Joint } from '../joint.js';
import { estimatorsBySite } from '../choice/asked-estimators.js';
import type { SiteEstimators } from '../estimators/estimator.js';
import { logPowerMean } from '../weights/log-power-mean.js';
import { type Estimate, type Preferences, fromDraws } from '../objective.js';
import type { Formula } from '../notation/notation.js';

/**
 * How the gradient of a bound is estimated: `any` takes the draw where it carries one and a score
 * function elsewhere, which `score` takes everywhere; `pathwise` refuses a guide with a site that does not; every other estimator
 * goes through draws alone.
 */
export type GradientNeeded<G extends string> = G extends 'any' | 'score' ? 'any' : 'pathwise';

/** What an option for the gradient needs of a guide: `any` where nothing was asked. */
export function gradientNeeded<G extends string>(gradient: G | undefined): GradientNeeded<G>;
export function gradientNeeded(gradient: string | undefined): 'any' | 'pathwise' {
  return gradient === undefined || gradient === 'any' || gradient === 'score' ? 'any' : 'pathwise';
}

/** How each option that prefers an estimator must be; those that name sites are checked with the sites. */
export const preferenceRules: Rules<Required<Omit<Preferences, 'everySite' | 'antithetic'>>> = {
  closedFormKl: oneOf('whereValid', 'never'),
  discrete: oneOf('enumerate', 'score'),
  baseline: oneOf('leaveOneOut', 'none'),
  estimators: estimatorsBySite,
};

/** How the gradient of a bound over importance weights is estimated. */
export type WeightsGradient = 'any' | 'pathwise' | 'doublyReparameterised';

/** How a bound over importance weights is estimated. */
export interface WeightsOptions<
  G extends WeightsGradient = WeightsGradient,
  S extends string = string,
> {
  /** K, the draws of the guide that are weighed against each other. */
  readonly particles: number;
  /**
   * `pathwise` refuses a guide with a site that is not reparameterised. `doublyReparameterised` does
   * too, and has less variance, in the guide's parameters above all.
   */
  readonly gradient?: G;
  /** Of the score function, for sites that are not reparameterised. */
  readonly baseline?: Preferences['baseline'];
  /**
   * The estimators of some sites, as `pathwise()`, `scoreFunction()`, `gumbelSoftmax()` or
   * `straightThrough()`; not with `doublyReparameterised`, which is that of all.
   */
  readonly estimators?: SiteEstimators<S>;
}

/** How the options of a bound over importance weights must be. */
export const weightsRules: Rules<WeightsOptions> = {
  particles: required(whole()),
  gradient: oneOf('any', 'pathwise', 'doublyReparameterised'),
  baseline: preferenceRules.baseline,
  estimators: estimatorsBySite,
};

/** The preferences of such a bound. */
export const weightsPreferences = ({
  gradient,
  baseline = 'leaveOneOut',
  estimators,
}: Pick<WeightsOptions, 'gradient' | 'baseline' | 'estimators'>): Preferences => ({
  ...fromDraws,
  baseline,
  ...(estimators && { estimators }),
  ...(gradient === 'doublyReparameterised' && { everySite: doublyReparameterised }),
});

/** The log power mean of order t of the weights, by the gradient that was asked for. */
export const estimatePowerMean = (
  joint: Joint,
  order: number,
  gradient: WeightsGradient | undefined,
): Estimate =>
  gradient === 'doublyReparameterised'
    ? estimateDoublyReparameterised(joint, order)
    : estimateWeights(
        joint,
        (weights) => logPowerMean(weights, order),
        (weights) => logPowerMeanOfOthers(weights, order),
      );

/** The ELBO as the mean of log weights. */
export const meanLogWeight: Formula = {
  text: 'E_q[1/K Σ_k log w_k]',
  latex: '\\mathbb{E}_q\\left[\\frac{1}{K} \\sum_k \\log w_k\\right]',
};

/** The importance-weighted bound. */
export const meanWeight: Formula = {
  text: 'E_q[log 1/K Σ_k w_k]',
  latex: '\\mathbb{E}_q\\left[\\log \\frac{1}{K} \\sum_k w_k\\right]',
};

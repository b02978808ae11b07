import type { Objective } from '../objective.js';
import type { Formula } from '../notation/notation.js';
import { checkOptions, finiteNumber, required } from '../../../dsl/refusals/options.js';
import {
  type GradientNeeded,
  type WeightsGradient,
  type WeightsOptions,
  estimatePowerMean,
  gradientNeeded,
  meanLogWeight,
  weightsPreferences,
  weightsRules,
} from './options.js';

/** A Rényi bound: the order of its divergence, and how it is estimated. */
export interface RenyiOptions<
  G extends WeightsGradient = WeightsGradient,
  S extends string = string,
> extends WeightsOptions<G, S> {
  /** α: 0 for IWAE, 1 for the ELBO, less than 0 for what covers more of the posterior. */
  readonly alpha: number;
}

const formulaOf = (alpha: number): Formula => {
  if (alpha === 1) return meanLogWeight;
  const order = Number((1 - alpha).toPrecision(6));
  return {
    text: `E_q[1/${order} log 1/K Σ_k w_k^${order}]`,
    latex: `\\mathbb{E}_q\\left[\\frac{1}{${order}} \\log \\frac{1}{K} \\sum_k w_k^{${order}}\\right]`,
  };
};

/**
 * The variational Rényi bound, E_q[1/(1 − α) log 1/K Σ_k (p(x, z_k) / q(z_k))^(1 − α)], in nats,
 * maximised.
 *
 * - α = 0 is IWAE and α → 1 the ELBO, which α = 1 gives exactly. It does not increase with α, draw by
 *   draw. From 0 on it is a lower bound on log p(x) for every K. Below 0 it tends to an upper one with
 *   K → ∞, and for finite K is on neither side for sure.
 * - Taken for each element of the plates that all sites share, unscaled, then summed and scaled up.
 * - Gradient: that of the expectation above, unbiased: the K-sample bound's, not that of its limit.
 *   As in `iwae`, by the draw, by a score function, or doubly reparameterised: (α v + (1 − α) v²)
 *   for the guide's path, with v the normalised w^(1 − α).
 * - Errors: as for `iwae`.
 * - Source: Li and Turner 2016, Rényi Divergence Variational Inference, arXiv:1602.02311.
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
 *   objective: renyi({ alpha: 0.5, particles: 3 }),
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 7.5155
 * ```
 */
export const renyi = <const G extends WeightsGradient = 'any', const S extends string = never>(
  options: RenyiOptions<G, S>,
): Objective<{ readonly support: 'within'; readonly gradient: GradientNeeded<G> }, S> => {
  checkOptions<RenyiOptions>('renyi', options, { ...weightsRules, alpha: required(finiteNumber) });
  const { alpha, particles, gradient } = options;
  return {
    name: 'renyi',
    particles,
    preferences: weightsPreferences(options),
    meaning: {
      requires: { support: 'within', gradient: gradientNeeded(gradient) },
      over: 'weights',
      needsEveryWeight: alpha >= 1,
      bound: alpha >= 0 ? 'lower' : 'none',
      tight: true,
      monotone: alpha > 1 ? 'nonincreasing' : 'nondecreasing',
    },
    notation: { symbol: 'VR', formula: formulaOf(alpha) },
    estimate: (joint) => estimatePowerMean(joint, 1 - alpha, gradient),
  };
};

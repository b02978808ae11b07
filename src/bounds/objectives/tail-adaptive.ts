import * as tf from '@tensorflow/tfjs';
import { checkOptions, finiteNumber, required, whole } from '../../../dsl/refusals/options.js';
import { type Tensor, greaterEqual } from '../../../dsl/index.js';
import type { EstimatorChoice } from '../estimators/estimator.js';
import { rescored } from '../estimators/rescored.js';
import { logWeights, sumOverData } from '../weights/log-weights.js';
import { checkMaskedDraws } from '../estimators/masked-draws.js';
import { normalisedWeights } from '../weights/normalised-weights.js';
import { type Objective, fromDraws } from '../objective.js';
import { meanLogWeight } from './options.js';

/** How the tail-adaptive divergence is estimated. */
export interface TailAdaptiveOptions {
  /** K, the draws of the guide that are ranked. */
  readonly particles: number;
  /** β < 0: how much more the largest weights count; 0 is sticking the landing; −1 where it is left out. */
  readonly beta?: number;
}

const tailAdapted: EstimatorChoice = {
  estimator: { name: 'tailAdaptive', label: 'tail-adaptive', throughDraw: true },
  why: 'the gradient goes through the draw alone, times the rank of its weight: an f-divergence is descended, and the bound only reported',
};

/** The log of the share of particles whose weight is at least a particle's own: equal ones tie. */
const logTail = (weights: Tensor): Tensor => {
  const own = tf.expandDims(weights, 1);
  const other = tf.expandDims(weights, 0);
  return tf.log(tf.mean(greaterEqual(other, own), 1));
};

/**
 * Minimises over the guide an f-divergence KL-like in the middle and heavier in the tail, whose
 * weights are ranks and so have finite moments whatever the guide is: the tail-adaptive f-divergence.
 *
 * - Value: that of the ELBO, divergences sampled, in nats; it is reported, not what is climbed.
 * - Gradient: Σ_k γ_k ∂ log w_k/∂z_k ∂z_k/∂φ / Σ_k γ_k with γ_k = F(w_k)^β, F(w_k) the share of the
 *   particles whose weight is at least w_k. Consistent, of bias 1/K. The path goes through the draw
 *   alone; it is 0 for every draw at the posterior. The model's parameters have none.
 * - For each element of the plates that all sites share.
 * - Errors: a subsampled plate that not every site lies in, or a guide whose support moves with its
 *   parameters, throws a `SiteError`.
 * - Source: Wang, Liu and Liu 2018, Variational Inference with Tail-adaptive f-Divergence, algorithm
 *   1, arXiv:1810.11943.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 5 },
 *   ),
 *   guide: () => sample('z', normal(2.5, Math.SQRT1_2)),
 *   objective: tailAdaptive({ particles: 32 }),
 *   optimizer: sgd(0.1),
 * });
 * // The guide is the posterior.
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 7.5155
 * ```
 */
export const tailAdaptive = (
  options: TailAdaptiveOptions,
): Objective<{
  readonly support: 'within';
  readonly gradient: 'pathwise';
}> => {
  checkOptions('tailAdaptive', options, { particles: required(whole(2)), beta: finiteNumber });
  const { particles, beta = -1 } = options;
  return {
    name: 'tailAdaptive',
    particles,
    preferences: { ...fromDraws, everySite: tailAdapted },
    meaning: {
      requires: { support: 'within', gradient: 'pathwise' },
      over: 'weights',
      needsEveryWeight: true,
      trains: 'guide',
      gradient: 'other',
    },
    notation: { symbol: 'ELBO', formula: meanLogWeight },
    estimate: (joint) => {
      checkMaskedDraws(joint);
      const weights = logWeights(joint);
      const share = normalisedWeights(tf.mul(logTail(weights), beta));
      const path = logWeights(rescored(joint, { guide: 'stopped', model: 'stopped' }));
      return {
        value: sumOverData(joint, tf.mean(weights, 0)),
        surrogate: sumOverData(joint, tf.mul(share, path)),
        terms: {},
      };
    },
  };
};

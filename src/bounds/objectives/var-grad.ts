import * as tf from '@tensorflow/tfjs';
import { checkOptions, required, whole } from '../../../dsl/refusals/options.js';
import { stopGradient } from '../../../dsl/index.js';
import { rescored } from '../estimators/rescored.js';
import { scoreOfEverySite } from '../estimators/score-function.js';
import { logDensities, logLaw, sumOverData } from '../weights/log-weights.js';
import { type Objective, fromDraws } from '../objective.js';
import { meanLogWeight } from './options.js';

/** How VarGrad is estimated. */
export interface VarGradOptions {
  /** K, two at least, for a variance. */
  readonly particles: number;
}

/**
 * The evidence lower bound with the gradient of the log-variance loss: VarGrad.
 *
 * - Value: that of `elbo`, divergences sampled, averaged over particles; in nats, maximised.
 * - Gradient: for the guide that of −½ Var_k(log w_k), the sample variance at fixed draws. It is the
 *   unbiased score gradient of the ELBO with each particle's baseline the mean of the others, for
 *   each element of the plates that all sites share. For the model that of the ELBO.
 * - It asks nothing of the model's derivative by z, and at the posterior it is 0 for every draw.
 * - Errors: a subsampled plate that not every site lies in, or a guide whose support moves with its
 *   parameters, throws a `SiteError`; for the former `elbo` has scores as well.
 * - Source: Richter et al. 2020, VarGrad: A Low-Variance Gradient Estimator for Variational
 *   Inference, arXiv:2010.10436.
 *
 * @example
 * ```ts
 * const guide = sample('z', normal(0, 1));
 * derive(guide, guide, varGrad({ particles: 4 })).latents[0]?.estimator.setting;
 * // 'leave-one-out'
 * ```
 */
export const varGrad = (
  options: VarGradOptions,
): Objective<{ readonly support: 'within'; readonly gradient: 'any' }> => {
  checkOptions('varGrad', options, { particles: required(whole(2)) });
  const { particles } = options;
  return {
    name: 'varGrad',
    particles,
    preferences: { ...fromDraws, everySite: scoreOfEverySite() },
    meaning: {
      requires: { support: 'within', gradient: 'any' },
      over: 'weights',
      needsEveryWeight: true,
    },
    notation: { symbol: 'ELBO', formula: meanLogWeight },
    estimate: (joint) => {
      const still = rescored(joint, { guide: 'live', model: 'live', path: stopGradient });
      const { model, guide } = logDensities(still);
      const weights = tf.sub(model, guide);
      const mean = tf.mean(weights, 0, true);
      // w − the mean of the others is K / (K − 1) times w − the mean of all.
      const excess = tf.div(tf.sub(weights, mean), 1 - 1 / joint.layout.particles);
      const score = tf.mul(stopGradient(excess), logLaw(still, guide));
      return {
        value: sumOverData(joint, mean),
        surrogate: sumOverData(joint, tf.mean(tf.add(model, score), 0)),
        terms: {},
      };
    },
  };
};

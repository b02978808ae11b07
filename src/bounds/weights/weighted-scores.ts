import { type Tensor, stopGradient } from '../../../dsl/index.js';
import type { EstimatorChoice } from '../estimators/estimator.js';
import type { Joint } from '../joint.js';
import { rescored } from '../estimators/rescored.js';
import { logDensities, sumOverData } from './log-weights.js';
import { weightedMean } from './normalised-weights.js';

/** How an objective says that its gradient is `weightedScores` by normalised weights. */
export const byWeightedScores: EstimatorChoice = {
  estimator: {
    name: 'weighted',
    label: 'weighted log q',
    doubt: (particles) =>
      particles === 1
        ? {
            found:
              'one particle, whose normalised weight is 1 wherever it lies: the gradient of the guide is 0 in expectation',
            cure: 'Take two or more particles; bias falls as 1/K.',
            learnsNothing: true,
          }
        : undefined,
  },
  why: 'log q is raised at the draws by their normalised weights, and no draw carries a gradient',
};

/**
 * Σ_k share_k · log q(z_k) at fixed draws, summed over data: ascending it raises the guide's density
 * where the shares are large, as maximum likelihood of weighted draws does. Nothing passes through a
 * draw, so the guide may be of any kind; the model has no part in it.
 *
 * `share` is `[particles, ...plates]`, as `normalisedWeights` gives it.
 *
 * @example
 * ```ts
 * const wake = {
 *   ...eubo({ particles: 4 }),
 *   estimate: (joint: Joint) => {
 *     const surrogate = weightedScores(joint, normalisedWeights(logWeights(joint)));
 *     return { value: surrogate, surrogate, terms: {} };
 *   },
 * };
 * const inference = svi({
 *   model: () => sample('z', uniform(0, 1)),
 *   guide: () => sample('z', uniform(0, 2)),
 *   objective: wake,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 0.6931472
 * ```
 */
export const weightedScores = (joint: Joint, share: Tensor): Tensor => {
  const { guide } = logDensities(rescored(joint, { guide: 'live', path: stopGradient }));
  return sumOverData(joint, weightedMean(stopGradient(share), guide));
};

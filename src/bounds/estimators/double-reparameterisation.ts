/**
 * Doubly reparameterised gradients of log power means of importance weights. With v the softmax of
 * t log w over particles, the derivative of (1/t) log 1/K Σ_k w_k^t is
 *
 * - Σ_k v_k ∂ log p for the model's parameters, at fixed draws;
 * - Σ_k ((1 − t) v_k + t v_k²) ∂ log w_k/∂z_k ∂z_k/∂φ in expectation for the guide's: the score that
 *   ∂ log q leaves in the plain gradient, −Σ_k v_k ∂ log q, is itself the path derivative of v.
 *
 * A parameter that both have gets both parts, each from its own side.
 * Sources: Tucker et al. 2019, Doubly Reparameterized Gradient Estimators for Monte Carlo Objectives,
 * arXiv:1810.04152 (t = 1); Roeder et al. 2017, Sticking the Landing, arXiv:1703.09194 (t → 0).
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { withGradients } from '../../../dsl/tensors/gradient.js';
import type { Joint } from '../joint.js';
import { checkMaskedDraws } from './masked-draws.js';
import { rescored } from './rescored.js';
import { logPowerMean } from '../weights/log-power-mean.js';
import { logWeights, sumOverData } from '../weights/log-weights.js';
import { normalisedWeights } from '../weights/normalised-weights.js';
import type { Estimate } from '../objective.js';
import type { EstimatorChoice } from './estimator.js';

/** How a bound that has such a gradient says so. */
export const doublyReparameterised: EstimatorChoice = {
  estimator: {
    name: 'doublyReparameterised',
    label: 'doubly reparameterised',
    throughDraw: true,
  },
  why: 'the gradient goes through the draw alone, by weights that the score inside log q gives',
};

/** The same numbers, their gradient multiplied by `factor`, which broadcasts to `x` and gets none. */
const scaleGradient = (x: Tensor, factor: Tensor): Tensor =>
  withGradients(
    [x, factor],
    ([v = x]) => tf.clone(v),
    (dy, [, f = factor]) => [tf.mul(dy, f), tf.zerosLike(f)],
  );

/** `[particles, ...plates]` beside the event axes of a draw. */
const besideEvent = (x: Tensor, eventRank: number): Tensor =>
  tf.reshape(x, [...x.shape, ...Array.from({ length: eventRank }, () => 1)]);

/** Estimates the log power mean of order t of the weights, with that gradient. */
export const estimateDoublyReparameterised = (joint: Joint, order: number): Estimate => {
  if (joint.layout.particles > 1) checkMaskedDraws(joint);
  const weights = logWeights(joint);
  const share = normalisedWeights(tf.mul(weights, order));
  const path = tf.add(tf.mul(share, order), 1 - order);
  const again = rescored(joint, {
    guide: 'stopped',
    model: 'live',
    // A single particle has the share 1, and its values no axis for it.
    ...(joint.layout.particles > 1 && {
      path: (z, eventRank) => scaleGradient(z, besideEvent(path, eventRank)),
    }),
  });
  return {
    value: sumOverData(joint, logPowerMean(weights, order)),
    surrogate: sumOverData(joint, tf.mul(share, logWeights(again))),
    terms: {},
  };
};

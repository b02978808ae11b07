import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { anything, checkOptions, flag } from '../../dsl/refusals/options.js';
import { putUnder } from '../../dsl/records/record-paths.js';
import { type Optimizer, chained, entry, zerosFor } from './optimizer.js';
import { checkShares } from './checks.js';
import { type Schedule, scaleByLearningRate } from './schedule.js';

export interface MomentumOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
}

/**
 * Accumulates a velocity v ← momentum · v + g and passes it on; with `nesterov`,
 * g + momentum · v (Sutskever et al. 2013, section 2).
 *
 * Errors: a momentum outside [0, 1) is a `RangeError`.
 *
 * @example
 * ```ts
 * const velocity = scaleByMomentum(0.9);
 * const gradients = { w: tf.scalar(1) };
 * const { state } = velocity.update(gradients, velocity.init(gradients), {});
 * velocity.update(gradients, state, {}).updates['w']?.dataSync()[0]; // 1.9
 * ```
 */
export const scaleByMomentum = (momentum: number, nesterov = false): Optimizer => {
  checkShares('scaleByMomentum', { momentum });
  return {
    init: (params) => zerosFor('velocity', params),
    update: (gradients, state) => {
      const velocity = mapped(gradients, (g, name) =>
        tf.add(tf.mul(entry(state, `velocity/${name}`), momentum), g),
      );
      return {
        updates: nesterov
          ? mapped(gradients, (g, name) => tf.add(g, tf.mul(entry(velocity, name), momentum)))
          : mapped(velocity, (v) => tf.clone(v)),
        state: putUnder('velocity', velocity),
      };
    },
  };
};

/**
 * Stochastic gradient descent, with momentum where asked for.
 *
 * @example
 * ```ts
 * const { updates } = sgd(0.1).update({ w: tf.scalar(2) }, {}, {});
 * updates['w']?.dataSync()[0]; // -0.2
 * ```
 */
export const sgd = (rate: number | Schedule, options: MomentumOptions = {}): Optimizer => {
  checkOptions('sgd', options, { momentum: anything, nesterov: flag });
  const { momentum, nesterov = false } = options;
  return momentum === undefined
    ? scaleByLearningRate(rate)
    : chained(scaleByMomentum(momentum, nesterov), scaleByLearningRate(rate));
};

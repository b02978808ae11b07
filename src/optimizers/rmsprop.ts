import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { anything, checkOptions } from '../../dsl/refusals/options.js';
import { nonnegative } from '../../dsl/index.js';
import { putUnder } from '../../dsl/records/record-paths.js';
import { type Optimizer, chained, entry, zerosFor } from './optimizer.js';
import { checkPositive, checkShares } from './checks.js';
import { type Schedule, scaleByLearningRate } from './schedule.js';
import { scaleByMomentum } from './sgd.js';

export interface RmspropOptions {
  readonly decay?: number;
  readonly eps?: number;
  readonly momentum?: number;
}

/**
 * g / (√v + ε) with v a running mean of squared gradients.
 *
 * Errors: a `decay` outside [0, 1), or an ε that is not above 0, is a `RangeError`.
 *
 * @example
 * ```ts
 * const direction = scaleByRms({ decay: 0.75 });
 * const gradients = { w: tf.scalar(5) };
 * direction.update(gradients, direction.init(gradients), {}).updates['w']?.dataSync()[0]; // 2
 * ```
 */
export const scaleByRms = (options: RmspropOptions = {}): Optimizer => {
  checkOptions('rmsprop', options, { decay: anything, eps: anything, momentum: anything });
  const { decay = 0.9, eps = 1e-8 } = options;
  checkShares('rmsprop', { decay });
  checkPositive('rmsprop', { eps }, 'pass 1e-8, say');
  return {
    supports: { square: nonnegative },
    init: (params) => zerosFor('square', params),
    update: (gradients, state) => {
      const square = mapped(gradients, (g, name) =>
        tf.add(tf.mul(entry(state, `square/${name}`), decay), tf.mul(tf.square(g), 1 - decay)),
      );
      return {
        updates: mapped(gradients, (g, name) =>
          tf.div(g, tf.add(tf.sqrt(entry(square, name)), eps)),
        ),
        state: putUnder('square', square),
      };
    },
  };
};

/**
 * RMSprop (Tieleman and Hinton 2012, Neural Networks for Machine Learning, lecture 6.5).
 *
 * @example
 * ```ts
 * const optimizer = rmsprop(0.1, { decay: 0.75 });
 * const gradients = { w: tf.scalar(5) };
 * optimizer.update(gradients, optimizer.init(gradients), {}).updates['w']?.dataSync()[0]; // -0.2
 * ```
 */
export const rmsprop = (rate: number | Schedule, options: RmspropOptions = {}): Optimizer =>
  options.momentum === undefined
    ? chained(scaleByRms(options), scaleByLearningRate(rate))
    : chained(scaleByRms(options), scaleByMomentum(options.momentum), scaleByLearningRate(rate));

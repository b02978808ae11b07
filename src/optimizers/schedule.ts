/** Learning-rate schedules: functions of the step count, a scalar tensor that starts at 0. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { demand, showReceived } from '../../dsl/refusals/options.js';
import type { Tensor } from '../../dsl/index.js';
import { checkFinite, checkPositive, checkRates, checkSteps } from './checks.js';
import { type Optimizer, counts, entry } from './optimizer.js';

export type Schedule = (count: Tensor) => Tensor;

/**
 * rate · decay^(count / every).
 *
 * Errors: a rate below 0, or a `decay` or `every` that is not above 0, is a `RangeError`.
 *
 * @example
 * ```ts
 * exponentialDecay(0.1, 0.5, 10)(tf.scalar(20)).dataSync()[0]; // 0.025
 * ```
 */
export const exponentialDecay = (rate: number, decay: number, every: number): Schedule => {
  checkRates('exponentialDecay', { rate });
  checkPositive('exponentialDecay', { decay, every }, 'pass 0.5 every 1000, say');
  return (count) => tf.mul(rate, tf.exp(tf.mul(count, Math.log(decay) / every)));
};

/**
 * Half a cosine from `rate` down to `floor` at `steps`, and `floor` after it (arXiv:1608.03983).
 *
 * Errors: a rate or floor below 0, or fewer steps than 1, is a `RangeError`.
 *
 * @example
 * ```ts
 * cosineDecay(0.1, 100)(tf.scalar(50)).dataSync()[0]; // 0.05
 * ```
 */
export const cosineDecay = (rate: number, steps: number, floor = 0): Schedule => {
  checkRates('cosineDecay', { rate, floor });
  checkSteps('cosineDecay', { steps });
  return (count) => {
    const done = tf.minimum(tf.div(count, steps), 1);
    return tf.add(tf.mul(tf.add(tf.cos(tf.mul(done, Math.PI)), 1), (rate - floor) / 2), floor);
  };
};

/**
 * A straight line from `from` to `to` over `steps`, and `to` after it.
 *
 * Errors: ends that are not finite, or fewer steps than 1, are a `RangeError`.
 *
 * @example
 * ```ts
 * linearSchedule(0, 1, 10)(tf.scalar(5)).dataSync()[0]; // 0.5
 * ```
 */
export const linearSchedule = (from: number, to: number, steps: number): Schedule => {
  checkFinite('linearSchedule', { from, to }, 'pass 0 and 1, say');
  checkSteps('linearSchedule', { steps });
  return (count) => tf.add(tf.mul(tf.minimum(tf.div(count, steps), 1), to - from), from);
};

/**
 * The schedule `then`, risen to in a straight line over the first `steps`; at once where they are 0.
 *
 * Errors: steps below 0 are a `RangeError`.
 *
 * @example
 * ```ts
 * warmup(10, cosineDecay(0.1, 100))(tf.scalar(0)).dataSync()[0]; // 0.01
 * ```
 */
export const warmup = (steps: number, then: Schedule): Schedule => {
  checkSteps('warmup', { steps }, 0);
  return (count) => tf.mul(tf.minimum(tf.div(tf.add(count, 1), steps), 1), then(count));
};

/**
 * Multiplies updates by −rate: the last link of a chain that descends.
 *
 * Errors: a rate that is a number, and not finite or below 0, is a `RangeError`. Values of a schedule
 * are not looked at.
 *
 * @example
 * ```ts
 * const { updates } = scaleByLearningRate(0.1).update({ w: tf.scalar(2) }, {}, {});
 * updates['w']?.dataSync()[0]; // -0.2
 * ```
 */
export const scaleByLearningRate = (rate: number | Schedule): Optimizer => {
  demand(
    typeof rate === 'number' || typeof rate === 'function',
    'learning rate',
    'a number, or a function of the step',
    showReceived(rate),
    'pass 0.01, say',
  );
  if (typeof rate === 'number') checkRates('learning rate', { rate });
  return typeof rate === 'number'
    ? {
        init: () => ({}),
        update: (gradients) => ({
          updates: mapped(gradients, (g) => tf.mul(g, -rate)),
          state: {},
        }),
      }
    : {
        supports: { count: counts },
        init: () => ({ count: tf.scalar(0) }),
        update: (gradients, state) => {
          const count = entry(state, 'count');
          const factor = tf.neg(rate(count));
          return {
            updates: mapped(gradients, (g) => tf.mul(g, factor)),
            state: { count: tf.add(count, 1) },
          };
        },
      };
};

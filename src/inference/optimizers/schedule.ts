/** Learning-rate schedules: functions of the step count, a scalar tensor that starts at 0. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { type Optimizer, entry, mapParams } from '../optimizer.js';

export type Schedule = (count: Tensor) => Tensor;

/**
 * rate · decay^(count / every).
 *
 * @example
 * ```ts
 * exponentialDecay(0.1, 0.5, 10)(tf.scalar(20)).dataSync()[0]; // 0.025
 * ```
 */
export const exponentialDecay =
  (rate: number, decay: number, every: number): Schedule =>
  (count) =>
    tf.mul(rate, tf.exp(tf.mul(count, Math.log(decay) / every)));

/**
 * Half a cosine from `rate` down to `floor` at `steps`, and `floor` after it (arXiv:1608.03983).
 *
 * @example
 * ```ts
 * cosineDecay(0.1, 100)(tf.scalar(50)).dataSync()[0]; // 0.05
 * ```
 */
export const cosineDecay =
  (rate: number, steps: number, floor = 0): Schedule =>
  (count) => {
    const done = tf.minimum(tf.div(count, steps), 1);
    return tf.add(tf.mul(tf.add(tf.cos(tf.mul(done, Math.PI)), 1), (rate - floor) / 2), floor);
  };

/**
 * A straight line from `from` to `to` over `steps`, and `to` after it.
 *
 * @example
 * ```ts
 * linearSchedule(0, 1, 10)(tf.scalar(5)).dataSync()[0]; // 0.5
 * ```
 */
export const linearSchedule =
  (from: number, to: number, steps: number): Schedule =>
  (count) =>
    tf.add(tf.mul(tf.minimum(tf.div(count, steps), 1), to - from), from);

/**
 * The schedule `then`, risen to in a straight line over the first `steps`.
 *
 * @example
 * ```ts
 * warmup(10, cosineDecay(0.1, 100))(tf.scalar(0)).dataSync()[0]; // 0.01
 * ```
 */
export const warmup =
  (steps: number, then: Schedule): Schedule =>
  (count) =>
    tf.mul(tf.minimum(tf.div(tf.add(count, 1), steps), 1), then(count));

/**
 * Multiplies updates by −rate: the last link of a chain that descends.
 *
 * @example
 * ```ts
 * const { updates } = scaleByLearningRate(0.1).update({ w: tf.scalar(2) }, {}, {});
 * updates['w']?.dataSync()[0]; // -0.2
 * ```
 */
export const scaleByLearningRate = (rate: number | Schedule): Optimizer =>
  typeof rate === 'number'
    ? {
        init: () => ({}),
        update: (gradients) => ({
          updates: mapParams(gradients, (g) => tf.mul(g, -rate)),
          state: {},
        }),
      }
    : {
        init: () => ({ count: tf.scalar(0) }),
        update: (gradients, state) => {
          const count = entry(state, 'count');
          const factor = tf.neg(rate(count));
          return {
            updates: mapParams(gradients, (g) => tf.mul(g, factor)),
            state: { count: tf.add(count, 1) },
          };
        },
      };

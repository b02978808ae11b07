import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import type { Tensor } from '../../dsl/index.js';
import { checkPositive } from './checks.js';
import { type Optimizer } from './optimizer.js';

/**
 * Scales all gradients by max / ‖g‖ where their joint Euclidean norm exceeds `max`: the direction is
 * kept, unlike a clip by value (Pascanu et al. 2013, algorithm 1, arXiv:1211.5063).
 *
 * Errors: a `max` that is not above 0 is a `RangeError`.
 *
 * @example
 * ```ts
 * const { updates } = clipByGlobalNorm(1).update({ a: tf.scalar(3), b: tf.scalar(4) }, {}, {});
 * updates['b']?.dataSync()[0]; // 0.8
 * ```
 */
export const clipByGlobalNorm = (max: number): Optimizer => {
  checkPositive('clipByGlobalNorm', { max }, 'pass the largest norm to keep, as 10');
  return {
    init: () => ({}),
    update: (gradients) => {
      const square = Object.values(gradients).reduce<Tensor>(
        (sum, g) => tf.add(sum, tf.sum(tf.square(g))),
        tf.scalar(0),
      );
      // max / max(‖g‖, max) is 1 below the limit, and never divides by zero.
      const factor = tf.div(max, tf.maximum(tf.sqrt(square), max));
      return { updates: mapped(gradients, (g) => tf.mul(g, factor)), state: {} };
    },
  };
};

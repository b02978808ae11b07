import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { anything, checkOptions } from '../../dsl/refusals/options.js';
import { nonnegative } from '../../dsl/index.js';
import { putUnder } from '../../dsl/records/record-paths.js';
import { type Optimizer, chained, counts, entry, zerosFor } from './optimizer.js';
import { checkPositive, checkShares } from './checks.js';
import { type Schedule, scaleByLearningRate } from './schedule.js';

export interface AdamOptions {
  readonly b1?: number;
  readonly b2?: number;
  readonly eps?: number;
}

/**
 * Adam's direction m̂ / (√v̂ + ε), from running means of gradients and of their squares, both
 * corrected for their start at zero.
 *
 * The correction 1 − βᵗ is taken as −expm1(t log β): β rounded to float32 would put its relative
 * error at the first steps above 10⁻⁵.
 *
 * Errors: β outside [0, 1), or an ε that is not above 0, is a `RangeError`.
 *
 * @example
 * ```ts
 * const direction = scaleByAdam();
 * const gradients = { w: tf.scalar(5) };
 * direction.update(gradients, direction.init(gradients), {}).updates['w']?.dataSync()[0]; // 1
 * ```
 */
export const scaleByAdam = (options: AdamOptions = {}): Optimizer => {
  checkOptions('adam', options, { b1: anything, b2: anything, eps: anything });
  const { b1 = 0.9, b2 = 0.999, eps = 1e-8 } = options;
  checkShares('adam', { b1, b2 });
  checkPositive('adam', { eps }, 'pass 1e-8, say');
  return {
    supports: { count: counts, square: nonnegative },
    init: (params) => ({
      count: tf.scalar(0),
      ...zerosFor('mean', params),
      ...zerosFor('square', params),
    }),
    update: (gradients, state) => {
      const count = tf.add(entry(state, 'count'), 1);
      const correction = (beta: number): tf.Tensor =>
        tf.neg(tf.expm1(tf.mul(count, Math.log(beta))));
      const mean = mapped(gradients, (g, name) =>
        tf.add(tf.mul(entry(state, `mean/${name}`), b1), tf.mul(g, 1 - b1)),
      );
      const square = mapped(gradients, (g, name) =>
        tf.add(tf.mul(entry(state, `square/${name}`), b2), tf.mul(tf.square(g), 1 - b2)),
      );
      const meanFactor = tf.reciprocal(correction(b1));
      const rootFactor = tf.rsqrt(correction(b2));
      return {
        updates: mapped(mean, (m, name) =>
          tf.div(
            tf.mul(m, meanFactor),
            tf.add(tf.mul(tf.sqrt(entry(square, name)), rootFactor), eps),
          ),
        ),
        state: {
          count,
          ...putUnder('mean', mean),
          ...putUnder('square', square),
        },
      };
    },
  };
};

/**
 * Adam (Kingma and Ba 2015, algorithm 1, arXiv:1412.6980). Errors: as `scaleByAdam` and
 * `scaleByLearningRate`.
 *
 * @example
 * ```ts
 * const optimizer = adam(0.1);
 * const params = { w: tf.scalar(1) };
 * const { updates } = optimizer.update({ w: tf.scalar(5) }, optimizer.init(params), params);
 * updates['w']?.dataSync()[0]; // -0.1
 * ```
 */
export const adam = (rate: number | Schedule, options: AdamOptions = {}): Optimizer =>
  chained(scaleByAdam(options), scaleByLearningRate(rate));

import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { anything, checkOptions, demand } from '../../dsl/refusals/options.js';
import { nonnegative } from '../../dsl/index.js';
import { putUnder } from '../../dsl/records/record-paths.js';
import { type Optimizer, chained, entry } from './optimizer.js';
import { checkPositive } from './checks.js';
import { type Schedule, scaleByLearningRate } from './schedule.js';

export interface AdagradOptions {
  /** What the sums of squares begin with; 0.1 where it is left out, as in optax. */
  readonly initialAccumulatorValue?: number;
  readonly eps?: number;
}

/**
 * g / √(s + ε) with s the sum of all squared gradients so far.
 *
 * Errors: an `initialAccumulatorValue` below 0 or without end, or an ε that is not above 0, is a `RangeError`.
 *
 * @example
 * ```ts
 * const direction = scaleByRss({ initialAccumulatorValue: 9 });
 * const gradients = { w: tf.scalar(4) };
 * direction.update(gradients, direction.init(gradients), {}).updates['w']?.dataSync()[0]; // 0.8
 * ```
 */
export const scaleByRss = (options: AdagradOptions = {}): Optimizer => {
  checkOptions('adagrad', options, { initialAccumulatorValue: anything, eps: anything });
  const { initialAccumulatorValue: first = 0.1, eps = 1e-7 } = options;
  checkPositive('adagrad', { eps }, 'pass 1e-7, say');
  demand(
    Number.isFinite(first) && first >= 0,
    'adagrad',
    'initialAccumulatorValue to be finite and at least 0',
    first,
    'it is what sums of squares begin with: pass 0.1, say',
  );
  return {
    supports: { sum: nonnegative },
    init: (params) =>
      putUnder(
        'sum',
        mapped(params, (x) => tf.fill(x.shape, first)),
      ),
    update: (gradients, state) => {
      const sum = mapped(gradients, (g, name) => tf.add(entry(state, `sum/${name}`), tf.square(g)));
      return {
        updates: mapped(gradients, (g, name) => tf.div(g, tf.sqrt(tf.add(entry(sum, name), eps)))),
        state: putUnder('sum', sum),
      };
    },
  };
};

/**
 * Adagrad, of large steps for what seldom has a gradient: w ← w − rate · g / √(Σ g² + ε).
 *
 * Source: Duchi, Hazan and Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
 * section 1.1.
 *
 * @example
 * ```ts
 * const optimizer = adagrad(0.5, { initialAccumulatorValue: 9 });
 * const gradients = { w: tf.scalar(4) };
 * optimizer.update(gradients, optimizer.init(gradients), {}).updates['w']?.dataSync()[0]; // -0.4
 * ```
 */
export const adagrad = (rate: number | Schedule, options: AdagradOptions = {}): Optimizer =>
  chained(scaleByRss(options), scaleByLearningRate(rate));

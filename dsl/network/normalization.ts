/** Normalisation of what a layer makes. */
import * as tf from '@tensorflow/tfjs';
import { type Rule, checkOptions, positiveNumber, whole } from '../refusals/options.js';
import { inTraining } from '../program/evaluation.js';
import { checkName } from '../program/name.js';
import { param, shared } from '../program/param.js';
import { type Program, perform, program } from '../program/program.js';
import type { Param } from '../program/site.js';
import { lastAxes, takeLast } from '../tensors/shape.js';
import { real } from '../supports/index.js';
import type { Tensor } from '../tensors/tensor.js';
import { rateRule } from './dropout.js';
import { lastOf } from './layer.js';

export interface LayerNormOptions {
  /** Added to the variance. */
  readonly epsilon?: number;
  /** How many of the last axes are normalised together: 1, features, where it is left out. */
  readonly axes?: number;
}

const EPSILON = 1e-5;

const standardised = (x: Tensor, mean: Tensor, variance: Tensor, epsilon: number): Tensor =>
  tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));

/**
 * Layer normalisation: (x − m) / √(v + ε) · scale + bias, with the mean m and the variance v of each row's
 * own last axes (Ba et al. 2016, arXiv:1607.06450), over the parameters `name/scale` and `name/bias` of the
 * shape of these axes. It is the same in training and at evaluation.
 *
 * @example
 * ```ts
 * const norm = layerNorm('norm', { epsilon: 1e-12 });
 * simulate(norm(tf.tensor2d([[1, 3], [10, 30]])), {}).arraySync(); // [[-1, 1], [-1, 1]]
 * ```
 */
export const layerNorm = <const N extends string>(name: N, options: LayerNormOptions = {}) => {
  checkName('network', name);
  checkOptions(`layerNorm '${name}'`, options, { epsilon: positiveNumber, axes: whole() });
  const { epsilon = EPSILON, axes = 1 } = options;
  const event = Array.from({ length: axes }, () => 'features');
  return (x: Tensor): Program<Param<`${N}/scale`> | Param<`${N}/bias`>, Tensor> =>
    shared(
      program(function* () {
        lastOf(`layerNorm '${name}'`, x, event);
        const own = lastAxes(x.rank, axes);
        const shape = takeLast(x.shape, axes);
        const scale = yield* param(`${name}/scale`, tf.ones([...shape]));
        const bias = yield* param(`${name}/bias`, tf.zeros([...shape]));
        const mean = tf.mean(x, own, true);
        const variance = tf.mean(tf.square(tf.sub(x, mean)), own, true);
        return tf.add(tf.mul(standardised(x, mean, variance, epsilon), scale), bias);
      }),
    );
};

export interface BatchNormOptions {
  /** Added to the variance. */
  readonly epsilon?: number;
  /** The weight of the past in the running averages, from 0, of the last batch alone, to below 1. */
  readonly momentum?: number;
  /** How many axes before the last are pooled as well: 0 for features, the default, and 2 for images. */
  readonly pooled?: number;
}

const momentumRule: Rule = { ...rateRule, cure: 'pass 0.9, say' };

/**
 * Batch normalisation: (x − m) / √(v + ε) · scale + bias, with the mean m and the variance v (divided by n)
 * of each feature over the rows of the batch (Ioffe and Szegedy 2015, arXiv:1502.03167), over the parameters
 * `name/scale` and `name/bias`.
 *
 * - In training, rows are the elements of the plates, of each particle by itself. Each step moves the running
 *   averages `name/mean` and `name/variance`, which lie among the parameters and no optimiser touches, to
 *   momentum · past + (1 − momentum) · batch; model and guide that share one move it
 *   once. One that a program visits twice moves by its last visit, and with phases it is moved in every turn whose
 *   programs visit it, whatever that turn trains.
 * - At evaluation (`evaluation`, `evaluate`, `evaluator`) m and v are the running averages, and no row
 *   depends on another.
 * - Rows are all axes left of the features, or the elements of the plates around: where an input has other axes
 *   there, which are not `pooled`, a `SiteError` is thrown.
 * - In training rows are not independent, which a plate promises: the bound is that of the batch taken
 *   as a whole.
 *
 * @example
 * ```ts
 * const norm = batchNorm('norm', { epsilon: 1e-12 });
 * const x = tf.tensor2d([[1, 10], [3, 30]]);
 * simulate(norm(x), {}).arraySync(); // [[-1, -1], [1, 1]]
 * simulate(evaluation(norm(x)), {}).arraySync(); // [[1, 10], [3, 30]]
 * ```
 */
export const batchNorm = <const N extends string>(name: N, options: BatchNormOptions = {}) => {
  checkName('network', name);
  checkOptions(`batchNorm '${name}'`, options, {
    epsilon: positiveNumber,
    momentum: momentumRule,
    pooled: whole(0),
  });
  const { epsilon = EPSILON, momentum = 0.9, pooled = 0 } = options;
  const event = [...Array.from({ length: pooled }, () => 'pooled'), 'features'];
  const meanOf = (x: Tensor): Program<never, Tensor> =>
    program(function* () {
      const rows = yield* perform<never>({
        op: 'rowMean',
        name,
        value: x,
        eventRank: pooled + 1,
        plates: [],
        evaluating: false,
      });
      return pooled === 0 ? rows : tf.mean(rows, lastAxes(rows.rank - 1, pooled), true);
    });
  const running = <const P extends string>(
    part: P,
    init: Tensor,
    value: Tensor,
  ): Program<Param<P>, Tensor> =>
    perform({
      op: 'param',
      name: part,
      init,
      support: real,
      plates: [],
      shared: true,
      running: { value, momentum },
    });
  return (x: Tensor): Program<Param<`${N}/${'scale' | 'bias' | 'mean' | 'variance'}`>, Tensor> =>
    shared(
      program(function* () {
        const features = lastOf(`batchNorm '${name}'`, x, event);
        const scale = yield* param(`${name}/scale`, tf.ones([features]));
        const bias = yield* param(`${name}/bias`, tf.zeros([features]));
        const mean = yield* meanOf(x);
        const variance = yield* meanOf(tf.square(tf.sub(x, mean)));
        const means = yield* running(`${name}/mean`, tf.zeros([features]), mean);
        const variances = yield* running(`${name}/variance`, tf.ones([features]), variance);
        const m = yield* inTraining(mean, means);
        const v = yield* inTraining(variance, variances);
        return tf.add(tf.mul(standardised(x, m, v, epsilon), scale), bias);
      }),
    );
};

import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { anything, checkOptions } from '../../../dsl/refusals/options.js';
import { withGradients } from '../../../dsl/tensors/gradient.js';
import { broadcastAll } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import type { Estimator } from './estimator.js';
import {
  type Temperature,
  checkTemperature,
  refusesRelaxing,
  relaxedDraw,
  showTemperature,
} from './relaxed-draw.js';

/** The numbers of `hard` with the gradient of `soft`, which may have fewer rows. */
const withGradientOf = (hard: Tensor, soft: Tensor): Tensor => {
  const shape = broadcastAll('withGradientOf', [hard.shape, soft.shape]);
  return withGradients(
    [expandTo(hard, shape), expandTo(soft, shape)],
    ([h = hard]) => tf.clone(h),
    (dy, [h = hard]) => [tf.zerosLike(h), dy],
  );
};

/**
 * Discrete draws with a gradient that is not theirs: that of the probabilities, or with a
 * temperature that of the relaxed draw from the same noise.
 *
 * - The value is an unbiased estimate of the bound; the gradient is biased.
 * - Errors: a temperature of 0 or below is a `RangeError`.
 * - Source: Bengio et al. 2013, Estimating or Propagating Gradients Through Stochastic Neurons,
 *   arXiv:1308.3432; with a temperature Jang et al. 2017, section 2.2, arXiv:1611.01144.
 *
 * @example
 * ```ts
 * straightThrough().bias?.of; // 'gradient'
 * ```
 */
export const straightThrough = (
  options: { readonly temperature?: Temperature } = {},
): Estimator => {
  checkOptions('straightThrough', options, { temperature: anything });
  const { temperature } = options;
  if (temperature !== undefined) checkTemperature('straightThrough', temperature);
  const setting = temperature === undefined ? undefined : showTemperature(temperature);
  const of = setting === undefined ? 'the probabilities' : `draws relaxed at ${setting}`;
  const soft = relaxedDraw(temperature);
  return {
    name: 'straightThrough',
    label: 'straight-through',
    ...(setting !== undefined && { setting }),
    options: { temperature },
    bias: {
      of: 'gradient',
      why: `the gradient is that of ${of}, the value is that of the bound`,
    },
    throughDraw: true,
    draws: (at) => {
      const relaxed = soft(at);
      return (noise) => withGradientOf(at.distribution.sampler.draw(noise).value, relaxed(noise));
    },
    refuses: refusesRelaxing,
  };
};

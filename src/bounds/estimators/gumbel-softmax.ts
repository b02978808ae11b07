import { anything, checkOptions, required } from '../../../dsl/refusals/options.js';
import type { Estimator } from './estimator.js';
import {
  type Temperature,
  checkTemperature,
  refusesRelaxing,
  relaxedDraw,
  showTemperature,
} from './relaxed-draw.js';

/**
 * Relaxed draws, that carry a gradient: σ((logits + logistic noise) / τ) of a Bernoulli, a number
 * between 0 and 1, and softmax((logits + Gumbel noise) / τ) of a `oneHotCategorical`, a vector of
 * the simplex. Model and guide see such values. A `categorical`, whose draw is an index, has none.
 *
 * - Biased. What is ascended is the expectation of the terms at relaxed draws, each density continued
 *   to them as z · log p + (1 − z) · log(1 − p) or Σ_k z_k log p_k, and a divergence in closed form
 *   that of the discrete laws. It is no bound on log p(data); it tends to the ELBO with τ → 0,
 *   while the gradient's variance grows.
 * - A value that is used as an index has no gradient, and is refused: write (1 − z) a + z b, or a
 *   product with a one-hot vector. A comparison has gradient 0, and is not found out.
 * - Errors: a temperature of 0 or below is a `RangeError`.
 * - Source: Jang et al. 2017, Categorical Reparameterization with Gumbel-Softmax, arXiv:1611.01144;
 *   Maddison et al. 2017, The Concrete Distribution, arXiv:1611.00712.
 *
 * @example
 * ```ts
 * const relaxed = gumbelSoftmax({ temperature: 0.5 });
 * showEstimator(relaxed); // 'Gumbel-softmax, temperature 0.5'
 * relaxed.options; // { temperature: 0.5 }
 * ```
 */
export const gumbelSoftmax = (options: { readonly temperature: Temperature }): Estimator => {
  checkOptions('gumbelSoftmax', options, { temperature: required(anything) });
  const { temperature } = options;
  checkTemperature('gumbelSoftmax', temperature);
  const setting = showTemperature(temperature);
  return {
    name: 'gumbelSoftmax',
    label: 'Gumbel-softmax',
    setting,
    options: { temperature },
    bias: {
      of: 'bound',
      why: `draws are relaxed at ${setting}, and their bound is none on log p(data)`,
    },
    throughDraw: true,
    draws: relaxedDraw(temperature),
    refuses: refusesRelaxing,
  };
};

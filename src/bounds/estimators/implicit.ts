import type { Estimator } from './estimator.js';
import { refusesOther } from './pathwise.js';

/**
 * The gradient through the draw, by the implicit function theorem: for families whose sampler says
 * so.
 *
 * - Unbiased.
 * - Source: Figurnov et al. 2018, Implicit Reparameterization Gradients, arXiv:1805.08498.
 *
 * @example
 * ```ts
 * implicit().label; // 'implicit reparameterisation'
 * ```
 */
export const implicit = (): Estimator => ({
  name: 'implicit',
  label: 'implicit reparameterisation',
  throughDraw: true,
  supportMayMove: true,
  usual: ({ gradient, family }) =>
    gradient === 'implicit' ? `${family} is implicitly reparameterised` : undefined,
  refuses: refusesOther('implicit', 'implicitly reparameterised'),
});

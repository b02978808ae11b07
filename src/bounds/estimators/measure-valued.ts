import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, choose, greater } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { cutOff } from '../../../dsl/tensors/gradient.js';
import { broadcastAll } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import type { Estimator } from './estimator.js';
import { weighedDraws } from './weak-derivative.js';

/** Costs with 0 at values of chance 0, where −log q is ∞: as in a sum over all values. */
const possibleAlone = (cost: Tensor, chances: Tensor | undefined): Tensor => {
  if (chances === undefined) return cost;
  const shape = broadcastAll('possibleAlone', [cost.shape, chances.shape]);
  const possible = greater(chances, tf.scalar(0));
  return choose(possible, expandTo(cost, shape), tf.zeros([...shape]));
};

/** Each element would need a run of its own. */
const CURE = 'Ask for scoreFunction(): each element would need a run of its own.';

/**
 * The measure-valued gradient: ∂q/∂φ is a difference of two laws, c (q⁺ − q⁻), and the gradient
 * c (f(z⁺) − f(z⁻)), one pair for each parameter of each cell of the event.
 *
 * - Unbiased, and asks nothing of f's derivative. Of low variance, and expensive: model and guide are
 *   run again at 2 values a cell for Bernoulli, K for a categorical of K classes, 4 for Normal, side by side.
 * - Coupling: a Normal's location has μ ± σ R with one Rayleigh number R; its scale μ + σ M against
 *   μ + σ M U, M double-sided Maxwell and U uniform. Sites after it are drawn from the same noise.
 * - For Bernoulli, the categoricals and Normal, and `independent` arrays of them.
 * - Source: Mohamed et al. 2020, Monte Carlo Gradient Estimation in Machine Learning, section 6,
 *   arXiv:1906.10652.
 *
 * @example
 * ```ts
 * measureValued().label; // 'measure-valued'
 * ```
 */
export const measureValued = (): Estimator => ({
  name: 'measureValued',
  label: 'measure-valued',
  draws: 'fixed',
  refuses: ({ family, weaklyDifferentiable, staysInPlates, mixed }) => {
    if (!weaklyDifferentiable) {
      return {
        received: `${family}, whose weak derivative is not known`,
        cure: 'It is for Bernoulli, Categorical, Normal and independent arrays of them; ask for scoreFunction().',
      };
    }
    if (!staysInPlates) {
      return {
        received: 'a term outside its plate, which depends on all its elements at once',
        cure: CURE,
      };
    }
    return mixed
      ? { received: 'a term that depends on several of its elements at once', cure: CURE }
      : undefined;
  },
  surrogate: ({ site, compared, average }) => {
    const found = compared(weighedDraws);
    if (found === undefined) {
      throw new SiteError({
        site: siteLabel(site),
        expected: 'the family that the bound was derived for',
        received: 'one whose weak derivative is not known',
        cure: 'Keep the family of a site the same on every run.',
      });
    }
    const { costs, weights, areChances } = found;
    const cost = possibleAlone(costs, areChances ? weights : undefined);
    // The weights' derivatives sum to 0, so what all costs share is taken away before it is rounded.
    const signal = cost.rank === 0 ? cost : tf.sub(cost, tf.mean(cost, 0, true));
    return { surrogate: average(tf.mul(cutOff(signal), weights)) };
  },
});

/** The bijector from unconstrained space onto a support. */
import type { Bijector } from '../bijector.js';
import type { ContinuousSupport } from '../support.js';
import { showSupport } from '../support.js';
import { exp, identity, sigmoidTo } from './elementwise.js';
import { lowerCholeskyBijector } from './lower-cholesky.js';
import { stickBreaking } from './simplex.js';

/**
 * The bijector whose codomain is `support`: the identity for the reals, exp for half lines, a
 * scaled sigmoid for intervals, stick breaking for the simplex, and (log diagonal, lower entries)
 * for Cholesky factors. An array uses its entries' bijector elementwise.
 *
 * @example
 * ```ts
 * bijectorTo(interval(0, 4)).forward(tf.scalar(0)).dataSync()[0]; // 2
 * ```
 */
export const bijectorTo = (support: ContinuousSupport): Bijector => {
  switch (support.kind) {
    case 'real':
      return identity;
    case 'positive':
    case 'nonnegative':
      return exp;
    case 'interval':
      if (!Number.isFinite(support.low) || !Number.isFinite(support.high)) {
        throw new RangeError(
          `bijectorTo: expected finite bounds, but got ${showSupport(support)}; ` +
            'use real or positive for an unbounded side.',
        );
      }
      return sigmoidTo(support.low, support.high);
    case 'arrayOf':
      return bijectorTo(support.base);
    case 'simplex':
      return stickBreaking;
    case 'lowerCholesky':
      return lowerCholeskyBijector;
  }
};

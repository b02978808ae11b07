/** The bijector from unconstrained space onto a support. */
import type { Bijector, ContinuousSupport } from '../supports/support.js';

/**
 * The bijector whose codomain is `support`: the identity for the reals, exp for half lines and, moved, for
 * intervals with one bound, a scaled sigmoid for those with two, stick breaking for the simplex, and (log diagonal, lower entries)
 * for Cholesky factors. An array uses its entries' bijector elementwise; a support of your own says its own.
 *
 * @example
 * ```ts
 * bijectorTo(interval(0, 4)).forward(tf.scalar(0)).dataSync()[0]; // 2
 * ```
 */
export const bijectorTo = (support: ContinuousSupport): Bijector => support.bijector();

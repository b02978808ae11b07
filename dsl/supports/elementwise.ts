/** Elementwise bijectors. */
import type { Shape } from '../tensors/noise.js';
import type { Bijector, ContinuousSupport } from './support.js';

const unchanged = (shape: Shape): Shape => shape;

/**
 * Builds an elementwise bijector that its name tells, without parameters; shapes are unchanged.
 *
 * @example
 * ```ts
 * const cube = elementwise({
 *   name: 'cubed exp',
 *   codomain: positive,
 *   forward: (x) => tf.exp(tf.mul(x, 3)),
 *   inverse: (y) => tf.div(tf.log(y), 3),
 *   logAbsDetJacobian: (x) => tf.add(tf.mul(x, 3), Math.log(3)),
 * });
 * cube.inputShape([2, 3]); // [2, 3]
 * cube.forward(tf.scalar(1)).dataSync()[0]; // Math.exp(3)
 * ```
 */
export const elementwise = <S extends ContinuousSupport>(
  spec: Pick<
    Bijector<S>,
    'name' | 'codomain' | 'direction' | 'forward' | 'inverse' | 'logAbsDetJacobian'
  >,
): Bijector<S> => ({
  ...spec,
  key: spec.name,
  parameters: [],
  inputRank: 0,
  inputShape: unchanged,
  outputShape: unchanged,
});

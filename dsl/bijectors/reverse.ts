import * as tf from '@tensorflow/tfjs';
import { type ArrayOf, realVector } from '../supports/array.js';
import type { Real } from '../supports/real.js';
import type { Bijector } from '../supports/support.js';
import type { Tensor } from '../tensors/tensor.js';

const turned = (x: Tensor): Tensor => tf.reverse(x, x.rank - 1);

/**
 * The entries of a vector from its last to its first; log |det J| = 0.
 *
 * @example
 * ```ts
 * bijectors.reverse.forward(asTensor([5, 6, 7])).arraySync(); // [7, 6, 5]
 * ```
 */
export const reverse: Bijector<ArrayOf<Real>> = {
  name: 'reverse',
  key: 'reverse',
  codomain: realVector,
  parameters: [],
  inputRank: 1,
  inputShape: (output) => output,
  outputShape: (input) => input,
  forward: turned,
  inverse: turned,
  logAbsDetJacobian: (x) => tf.zerosLike(tf.sum(x, -1)),
};

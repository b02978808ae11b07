import * as tf from '@tensorflow/tfjs';
import { demand, showReceived } from '../refusals/options.js';
import { type ArrayOf, realVector } from '../supports/array.js';
import type { Real } from '../supports/real.js';
import type { Bijector } from '../supports/support.js';
import { showShape } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

/**
 * Vectors with their entries in another order, y_i = x_{permutation[i]}; log |det J| = 0.
 *
 * - Errors: what does not name each of the places 0, 1, … once, and a vector of another length, throws a
 *   `RangeError`.
 *
 * @example
 * ```ts
 * bijectors.permute([2, 0, 1]).forward(asTensor([10, 20, 30])).arraySync(); // [30, 10, 20]
 * ```
 */
export const permute = (permutation: readonly number[]): Bijector<ArrayOf<Real>> => {
  const n = permutation.length;
  const places = [...permutation];
  const back = Array.from(places, (_, i) => places.indexOf(i));
  demand(
    n > 0 && !back.includes(-1),
    'permute',
    'each of the places 0, 1, … once',
    showReceived(permutation),
    'give where each entry of the output comes from',
  );
  const by = (x: Tensor, from: readonly number[]): Tensor => {
    demand(
      x.shape.at(-1) === n,
      'permute',
      `${n} numbers along the last axis`,
      `shape ${showShape(x.shape)}`,
      'give a permutation of as many places',
    );
    return tf.gather(x, tf.tensor1d([...from], 'int32'), x.rank - 1);
  };
  const name = `permute(${places.join(', ')})`;
  return {
    name,
    key: name,
    codomain: realVector,
    parameters: [],
    inputRank: 1,
    inputShape: (output) => output,
    outputShape: (input) => input,
    forward: (x) => by(x, places),
    inverse: (y) => by(y, back),
    logAbsDetJacobian: (x) => tf.zeros(x.shape.slice(0, -1)),
  };
};

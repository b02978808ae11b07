import { demand } from '../refusals/options.js';
import { showShape } from './shape.js';
import type { Tensor } from './tensor.js';

/**
 * The number of a tensor that has one, as of a loss or a scalar parameter: what NumPy, PyTorch and JAX call `item`.
 *
 * - Shapes: `[]`, `[1]`, `[1, 1]`, ….
 * - Errors: a tensor of several numbers, or of none, is a `RangeError`.
 *
 * @example
 * ```ts
 * item(tf.sum([1, 2])); // 3
 * ```
 */
export const item = (x: Tensor): number => {
  const shape = `shape ${showShape(x.shape)}`;
  demand(x.size === 1, 'item', 'a tensor of one number', shape, 'read all by x.arraySync()');
  const [value = Number.NaN] = x.dataSync();
  return value;
};

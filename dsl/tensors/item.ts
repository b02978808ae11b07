import { demand } from '../checks/options.js';
import { showShape } from './shape.js';
import type { Tensor } from './tensor.js';

/**
 * The number of a tensor that has one: of a loss, or of a parameter, to print it or to compute with it outside of a
 * program.
 *
 * - Shapes: any of one element, `[]` and `[1, 1]` among them.
 * - Errors: a tensor of several numbers, or of none, is a `RangeError`.
 * - Source: named after `item` of NumPy, PyTorch and JAX.
 *
 * @example
 * ```ts
 * item(tf.sum([1, 2])); // 3
 * ```
 */
export const item = (x: Tensor): number => {
  demand(
    x.size === 1,
    'item',
    'a tensor of one number',
    `shape ${showShape(x.shape)}`,
    'pick an element, or read all by x.arraySync()',
  );
  const [value = Number.NaN] = x.dataSync();
  return value;
};

/** Values that float32 rounded to a bound of the open set that they come from. */
import * as tf from '@tensorflow/tfjs';
import { choose, less } from './comparison.js';
import type { ContinuousSupport } from './support.js';
import type { Tensor } from './tensor.js';

/** Float32 goes on to 2⁻¹⁴⁹, but gradients have 1 / z in them, and need room as well. */
export const SMALLEST = 2 ** -100;

/** Far enough from a bound that differences to the other bound do not round it away. */
const stepFrom = (bound: number, width: number): number =>
  bound === 0 ? SMALLEST : Math.max(Math.abs(bound), width) * 2 ** -23;

const off = (y: Tensor, bound: number, step: number): Tensor =>
  choose(less(tf.abs(tf.sub(y, bound)), tf.scalar(Math.abs(step))), tf.scalar(bound + step), y);

/**
 * y, with what lies on a bound of its support moved to a number just inside, without gradient there.
 * Values outside are left.
 */
export const offBounds = (support: ContinuousSupport, y: Tensor): Tensor => {
  switch (support.kind) {
    case 'real':
    case 'lowerCholesky':
      return y;
    case 'positive':
    case 'nonnegative':
    case 'simplex':
      return off(y, 0, SMALLEST);
    case 'interval': {
      const { low, high } = support;
      const above = off(y, low, stepFrom(low, high - low));
      return off(above, high, -stepFrom(high, high - low));
    }
    case 'arrayOf':
      return offBounds(support.base, y);
  }
};

/** Values that float32 rounded to a bound of the open set that they come from. */
import * as tf from '@tensorflow/tfjs';
import { choose, less } from '../tensors/comparison.js';
import type { Tensor } from '../tensors/tensor.js';

/** Float32 goes on to 2⁻¹⁴⁹, but gradients have 1 / z in them, and need room as well. */
export const SMALLEST = 2 ** -100;

interface Bounds {
  readonly low: number;
  readonly high: number;
}

/**
 * How far inside a bound a number lies whose share of the interval float32 does not round to 0 or 1.
 */
export const insideBy = ({ low, high }: Bounds, side: 1 | -1): number => {
  const bound = side === 1 ? low : high;
  if (bound === 0 && side === 1) return SMALLEST;
  // Beside an end that is infinite, numbers are told apart as far as the bound is from 0.
  if (!Number.isFinite(high - low)) return bound === 0 ? SMALLEST : Math.abs(bound) * 2 ** -22;
  const unit = Math.max(Math.abs(bound), high - low) * 2 ** -24;
  const steps = [unit, 2 * unit, 4 * unit, 8 * unit];
  const lasts = (step: number): boolean => {
    const part = Math.fround(Math.fround(bound + side * step) - Math.fround(low));
    const share = Math.fround(part / Math.fround(high - low));
    return share > 0 && share < 1;
  };
  return steps.find(lasts) ?? 16 * unit;
};

/** y, with what lies within `by` of a bound put just that far on its inner side, without gradient there. */
export const off = (y: Tensor, bound: number, by: number, side: 1 | -1): Tensor =>
  choose(less(tf.abs(tf.sub(y, bound)), tf.scalar(by)), tf.scalar(bound + side * by), y);

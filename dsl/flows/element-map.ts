/** Maps of single numbers, each made from some numbers: what couplings and autoregressive flows move entries by. */
import * as tf from '@tensorflow/tfjs';
import { along } from '../tensors/along.js';
import type { Tensor } from '../tensors/tensor.js';

/** Where a number is moved to, and the log slope of forward there. */
export interface Moved {
  readonly value: Tensor;
  readonly logSlope: Tensor;
}

/** A rising map of numbers `[..., n]`, each by its own `[..., n, size]`; the identity where these are 0. */
export interface ElementMap {
  readonly size: number;
  readonly forward: (x: Tensor, numbers: Tensor) => Moved;
  readonly inverse: (y: Tensor, numbers: Tensor) => Moved;
}

/** Entries `from` to `from + count` of the last axis. */
export const entriesOf = (x: Tensor, from: number, count: number): Tensor =>
  along(x, -1, from, count);

/** How far a log scale goes: it is bounded smoothly, so that no network makes a scale of 0 or ∞. */
const FARTHEST = 5;

/** log scale and shift. */
const scaleAndShift = (numbers: Tensor): readonly [Tensor, Tensor] => {
  const at = (i: number): Tensor => tf.squeeze(entriesOf(numbers, i, 1), [-1]);
  return [tf.mul(tf.tanh(tf.div(at(0), FARTHEST)), FARTHEST), at(1)];
};

/** y = shift + scale x, log scale = 5 tanh(r / 5). */
export const affineElements: ElementMap = {
  size: 2,
  forward: (x, numbers) => {
    const [logScale, shift] = scaleAndShift(numbers);
    return { value: tf.add(tf.mul(x, tf.exp(logScale)), shift), logSlope: logScale };
  },
  inverse: (y, numbers) => {
    const [logScale, shift] = scaleAndShift(numbers);
    return { value: tf.mul(tf.sub(y, shift), tf.exp(tf.neg(logScale))), logSlope: logScale };
  },
};

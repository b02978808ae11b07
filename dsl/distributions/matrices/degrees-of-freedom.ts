/** Degrees of freedom of matrices: how many each row has, and what they must be. */
import * as tf from '@tensorflow/tfjs';
import type { Domain } from '../../checks/domain.js';
import type { Freedom } from '../../divergences/wishart.js';
import { interval } from '../../supports/interval.js';
import { showShape } from '../../tensors/shape.js';
import type { Tensor } from '../../tensors/tensor.js';

/** 0, 1, … for each of k rows. */
export const upTo = (k: number): readonly number[] => Array.from({ length: k }, (_, i) => i);

/** Half of the degrees of freedom of each row, `[..., k]`. */
export const freedom = ({ half, taken }: Freedom): Tensor =>
  tf.sub(tf.expandDims(half, -1), tf.tensor1d(taken.map((n) => n / 2)));

/** Numbers above a bound, how many axes of theirs are no batch, and how to stay there. */
export const above = (bound: number): readonly [Domain, number, string] => [
  { ...interval(bound, Infinity), words: `above ${bound}` },
  0,
  'take more degrees of freedom than one less than there are rows',
];

/** The number of rows of square matrices; anything else throws a `RangeError`. */
export const orderOf = (who: string, scaleTril: Tensor): number => {
  const k = scaleTril.shape.at(-1);
  if (k === undefined || k === 0 || scaleTril.shape.at(-2) !== k) {
    throw new RangeError(
      `${who}: expected scaleTril of shape [..., k, k], but got ${showShape(scaleTril.shape)}; ` +
        'give the lower Cholesky factor of the scale.',
    );
  }
  return k;
};

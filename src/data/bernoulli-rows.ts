import * as tf from '@tensorflow/tfjs';
import { rowBits } from '../random/bernoulli.js';
import { type Dataset, rowWidth } from './dataset.js';

/**
 * Rows of probabilities as a data set of bits that are drawn afresh in each batch, as
 * `[count, ...shape]` float32 batches: dynamic binarisation of grey images.
 *
 * x_i ~ Bernoulli(probs_i), by the key of the batch: its bits are `randomBernoulli(key, …)` of its rows.
 * Throws unless there are whole rows.
 *
 * Source: Burda, Grosse, Salakhutdinov, "Importance weighted autoencoders", 2016, arXiv:1509.00519,
 * section 5.1.
 *
 * @example
 * ```ts
 * const grey = bernoulliRows(new Float32Array([0, 1, 1, 0]), [2]);
 * grey.batch(new Int32Array([1, 0]), key(0)).arraySync(); // [[1, 0], [0, 1]]
 * ```
 */
export const bernoulliRows = (
  probs: Float32Array,
  shape: readonly number[],
): Dataset<tf.Tensor> => {
  const width = rowWidth('bernoulliRows', probs, shape);
  const draw = rowBits(probs, width);
  return {
    size: probs.length / width,
    batch: (rows, key) => {
      const bits = new Float32Array(rows.length * width);
      draw(key, rows, bits);
      return tf.tensor(bits, [rows.length, ...shape]);
    },
    write: (rows, key, into) => draw(key, rows, into),
  };
};

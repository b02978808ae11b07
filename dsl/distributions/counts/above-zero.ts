/** Draws of the counts above 0 of a law whose draws are quantiles of normal numbers. */
import * as tf from '@tensorflow/tfjs';
import type { Sampler } from '../../law/distribution.js';
import { ndtri } from '../../numerics/normal-function.js';
import { baseNoise } from '../../tensors/noise.js';
import { withoutGradient } from '../../tensors/gradient.js';
import type { Tensor } from '../../tensors/tensor.js';

/** A normal number of float32, and so a draw, is exceeded with no less. */
const LEAST = 1e-37;

/**
 * Those of a law that is above 0 with a chance of exp `logSome`: the least count that is exceeded with a chance of u
 * times that. Seen from above, where a law that is nearly always 0 has all its digits.
 */
export const aboveZero = (
  logSome: Tensor,
  quantile: (e: Tensor) => Tensor,
): Pick<Sampler, 'noise' | 'draw'> => ({
  noise: [baseNoise('uniform')],
  draw: ([u = tf.scalar(0.5)]) => ({
    value: withoutGradient([u, logSome], ([share = u, log = logSome]) => {
      // At 0 and 1 there would be no end to the search.
      const above = tf.clipByValue(tf.exp(tf.add(log, tf.log(share))), LEAST, 1 - 2 ** -24);
      return tf.maximum(quantile(tf.neg(ndtri(above))), 1);
    }),
  }),
});

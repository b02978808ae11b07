import * as tf from '@tensorflow/tfjs';
import { fromBefore, impulseOf, innovationsOf } from '../numerics/series/innovations.js';
import { recurrence } from '../numerics/series/recurrence.js';
import type { Tensor } from '../tensors/tensor.js';
import { klNormal } from './gaussian.js';

/** A Gaussian autoregressive series. */
export type Series = {
  readonly coefficients: Tensor;
  readonly scale: Tensor;
  readonly initial: Tensor;
};

/**
 * KL in nats of series of n numbers: with c_t what an innovation of q is to p after t steps, and δ the innovations that p
 * sees in the mean of q, n KL(N(0, σ) ‖ N(0, σ′)) + ½ (σ² Σ_{t ≥ 1} (n − t) c_t² + |δ|²) / σ′², with primes for p. No
 * matrix is made, and nothing is negative.
 */
export const klSeries = (q: Series, p: Series, steps: number): Tensor => {
  const none = tf.zerosLike(p.initial);
  const echo = innovationsOf({ ...p, initial: none }, impulseOf(q.coefficients, steps));
  const times = tf.tensor1d(Array.from({ length: steps }, (_, t) => (t === 0 ? 0 : steps - t)));
  const echoes = tf.mul(
    tf.sum(tf.mul(times, tf.square(echo)), -1),
    tf.square(tf.div(q.scale, p.scale)),
  );
  const mean = recurrence(q.coefficients, fromBefore(q, steps));
  const surprise = tf.div(innovationsOf(p, mean), tf.expandDims(p.scale, -1));
  const scales = tf.mul(
    klNormal({ loc: tf.scalar(0), scale: q.scale }, { loc: tf.scalar(0), scale: p.scale }),
    steps,
  );
  return tf.add(scales, tf.mul(tf.add(echoes, tf.sum(tf.square(surprise), -1)), 0.5));
};

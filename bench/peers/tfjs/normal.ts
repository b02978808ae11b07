import * as tf from '@tensorflow/tfjs';

export const HALF_LOG_TWO_PI = 0.9189385332046727;

/** log N(x; loc, scale), with the logarithm of the scale given beside it. */
export const normalLogProb = (
  x: tf.Tensor,
  loc: tf.Tensor,
  scale: tf.TensorLike | tf.Tensor,
  logScale: tf.TensorLike | tf.Tensor,
): tf.Tensor =>
  tf.sub(tf.mul(tf.square(tf.div(tf.sub(x, loc), scale)), -0.5), tf.add(logScale, HALF_LOG_TWO_PI));

/** KL(N(loc, exp(logScale)) ‖ N(priorLoc, priorScale)). */
export const normalKl = (
  loc: tf.Tensor,
  logScale: tf.Tensor,
  priorLoc: tf.TensorLike | tf.Tensor,
  priorScale: tf.TensorLike | tf.Tensor,
): tf.Tensor => {
  const ratio = tf.div(tf.exp(logScale), priorScale);
  const shift = tf.div(tf.sub(loc, priorLoc), priorScale);
  const squares = tf.mul(tf.sub(tf.add(tf.square(ratio), tf.square(shift)), 1), 0.5);
  return tf.add(tf.sub(squares, logScale), tf.log(priorScale));
};

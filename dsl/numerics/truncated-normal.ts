/** A standard normal law between two bounds: how much of it lies there, and its quantiles. */
import * as tf from '@tensorflow/tfjs';
import { choose, greater, less } from '../tensors/comparison.js';
import { withGradients } from '../tensors/gradient.js';
import { type HostKernel, runHostKernel } from '../tensors/host-kernel.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import { truncatedQuantile } from './double/normal.js';
import { logNdtr } from './normal-function.js';
import { HALF_LOG_TWO_PI, logDiffExp } from './special.js';

/** Bounds nearer than this, beside how fast the density changes, are taken by its Taylor series. */
const NARROW = 0.5;

const logDensity = (x: Tensor): Tensor => tf.sub(tf.mul(tf.square(x), -0.5), HALF_LOG_TWO_PI);

/** log of the density in the middle times the width, and what its curvature adds. */
const narrowMass = (middle: Tensor, width: Tensor): Tensor => {
  const [m, w] = [tf.square(middle), tf.square(width)];
  const second = tf.div(tf.mul(w, tf.sub(m, 1)), 24);
  const quartic = tf.add(tf.mul(m, tf.sub(m, 6)), 3);
  const fourth = tf.div(tf.mul(tf.square(w), quartic), 1920);
  return tf.add(tf.add(logDensity(middle), tf.log(width)), tf.log1p(tf.add(second, fourth)));
};

/**
 * log(Φ(b) − Φ(a)) for a < b, in both tails and for bounds that are close.
 *
 * - Accuracy: relative error below 2e-6.
 * - Gradient: φ(b) / (Φ(b) − Φ(a)) in b, and likewise in a.
 */
export const logNormalMass = (low: Tensor, high: Tensor): Tensor => {
  const shape = broadcastAll('logNormalMass', [low.shape, high.shape]);
  return withGradients(
    [expandTo(low, shape), expandTo(high, shape)],
    ([a = low, b = high]) => {
      // On the right the upper tail is taken, which does not round to 1.
      const isRight = greater(a, tf.scalar(0));
      const from = choose(isRight, tf.neg(b), a);
      const to = choose(isRight, tf.neg(a), b);
      const [middle, width] = [tf.mul(tf.add(a, b), 0.5), tf.sub(b, a)];
      const isNarrow = less(tf.mul(width, tf.add(tf.abs(middle), 1)), tf.scalar(NARROW));
      return choose(isNarrow, narrowMass(middle, width), logDiffExp(logNdtr(to), logNdtr(from)));
    },
    (dy, [a = low, b = high]) => {
      const mass = logNormalMass(a, b);
      const slope = (x: Tensor): Tensor => tf.mul(dy, tf.exp(tf.sub(logDensity(x), mass)));
      return [tf.neg(slope(a)), slope(b)];
    },
  );
};

/** The kernel of `truncatedNormalQuantile`: inputs `u`, `low` and `high`, of one shape. */
export const TRUNCATED_QUANTILE: HostKernel = {
  name: 'TruncatedNormalQuantile',
  inputs: ['u', 'low', 'high'],
  work: (_, [shape = []]) => ({
    shape,
    dtype: 'float32',
    code: ([u = [], low = [], high = []], out) => {
      for (let i = 0; i < u.length; i += 1) {
        out[i] = truncatedQuantile(u[i] ?? NaN, low[i] ?? NaN, high[i] ?? NaN);
      }
    },
  }),
  gradient: (dy, [u = dy, low = dy, high = dy, t = dy]) => {
    /** φ(x) / φ(t). */
    const against = (x: Tensor): Tensor => tf.exp(tf.mul(tf.mul(tf.sub(t, x), tf.add(t, x)), 0.5));
    return {
      u: () => tf.mul(dy, tf.exp(tf.sub(logNormalMass(low, high), logDensity(t)))),
      low: () => tf.mul(dy, tf.mul(tf.sub(1, u), against(low))),
      high: () => tf.mul(dy, tf.mul(u, against(high))),
    };
  },
};

/**
 * The t between two bounds below which a standard normal law has a share u of what it has between them.
 *
 * - Gradient: by the implicit function theorem, (1 − u) φ(low) / φ(t) in low and u φ(high) / φ(t) in high.
 */
export const truncatedNormalQuantile = (u: Tensor, low: Tensor, high: Tensor): Tensor => {
  const shape = broadcastAll('truncatedNormalQuantile', [u.shape, low.shape, high.shape]);
  return runHostKernel(TRUNCATED_QUANTILE, {
    u: expandTo(u, shape),
    low: expandTo(low, shape),
    high: expandTo(high, shape),
  });
};

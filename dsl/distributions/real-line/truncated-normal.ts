import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { boundDomain, widthDomain } from '../../checks/bounds.js';
import type { Distribution, Family } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { logNormalMass, truncatedNormalQuantile } from '../../numerics/truncated-normal.js';
import { imageUnder } from '../../law/preimage.js';
import { type Interval, interval, positive, real } from '../../supports/index.js';
import { choose, equal, greater, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type Bound, boundOf } from './uniform.js';

type TruncatedNormalParameters = {
  readonly loc: Tensor;
  readonly scale: Tensor;
  readonly low: Tensor;
  readonly high: Tensor;
};

export const truncatedNormalFamily: Family<TruncatedNormalParameters> = {
  name: 'TruncatedNormal',
  axes: { loc: 0, scale: 0, low: 0, high: 0 },
  of: ({ loc, scale, low, high }) => truncatedNormal(loc, scale, low, high),
};

/**
 * The normal distribution with mean `loc` and standard deviation `scale` before it was cut off, between `low` and
 * `high`, either of which may be infinite.
 *
 * log p(z) = −½ y² − log scale − ½ log 2π − log(Φ(b) − Φ(a)) with y = (z − loc) / scale, and a and b the bounds
 * likewise, in nats, −∞ outside. The bounds count as inside.
 *
 * - Shapes: batch is the four parameters broadcast; an event is one number.
 * - Gradient: pathwise in all four, z = loc + scale Φ⁻¹(Φ(a) + u (Φ(b) − Φ(a))), found in double precision from the
 *   side that has less of the law, so that tails are kept however far out.
 * - Edges: a tensor `scale` of 0 or below gives NaN. Where both bounds lie d standard deviations to one side, log p is
 *   off by d² · 10⁻⁷. Moments are left out: their closed forms cancel in float32.
 * - Errors: numbers with high ≤ low are a `RangeError`.
 * - Source: Robert, Simulation of truncated normal variables, 1995, doi:10.1007/BF00143942.
 *
 * @example
 * ```ts
 * truncatedNormal(0, 1, 0, Infinity).logProb(tf.scalar(0)).dataSync()[0]; // Math.log(2) - 0.9189385
 * truncatedNormal(0, 1, -1, 1).cdf?.(tf.scalar(0)).dataSync()[0]; // 0.5
 * ```
 */
export const truncatedNormal = <const L extends TensorLike, const H extends TensorLike>(
  loc: TensorLike,
  scale: TensorLike,
  low: L,
  high: H,
): Distribution<Interval<Bound<L>, Bound<H>>, 'pathwise'> => {
  const [m, s] = [asTensor(loc), asTensor(scale)];
  const [from, to] = [asTensor(low), asTensor(high)];
  const standardised = (value: Tensor): Tensor => tf.div(tf.sub(value, m), s);
  /** A bound likewise; an infinite one has no slope, where 0 times ∞ would be NaN. */
  const edge = (at: Tensor): Tensor => {
    const isInfinite = equal(tf.abs(at), tf.scalar(Infinity));
    return choose(isInfinite, at, standardised(choose(isInfinite, tf.scalar(0), at)));
  };
  const [a, b] = [edge(from), edge(to)];
  const standard = { name: 'standard' };
  const density = (y: Tensor): Tensor => {
    const normalised = tf.add(tf.add(tf.log(s), HALF_LOG_TWO_PI), logNormalMass(a, b));
    return tf.sub(tf.mul(tf.square(y), -0.5), normalised);
  };
  const outside = (value: Tensor): Tensor => tf.add(less(value, from), greater(value, to));
  /** What rounding moved over a bound is put on it. */
  const inside = (value: Tensor): Tensor => {
    const above = choose(less(value, from), from, value);
    return choose(greater(above, to), to, above);
  };
  const at = (y: Tensor): Tensor => inside(tf.add(m, tf.mul(s, y)));
  return distribution({
    family: truncatedNormalFamily,
    parameters: { loc: m, scale: s, low: from, high: to },
    arguments: argumentsOf('truncatedNormal', {
      loc: [loc, m, real],
      scale: [scale, s, positive],
      low: [low, from, boundDomain(1)],
      high: [high, to, boundDomain(-1)],
      'high - low': [
        typeof low === 'number' && typeof high === 'number' ? high - low : tf.sub(to, from),
        tf.sub(to, from),
        widthDomain,
      ],
    }),
    support: interval(boundOf(low), boundOf(high)),
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => {
        const y = truncatedNormalQuantile(u, a, b);
        return { value: at(y), preimage: { map: standard, x: y, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const y = imageUnder(standard, preimage) ?? standardised(inside(value));
      return choose(outside(value), tf.scalar(-Infinity), density(y));
    },
    cdf: (value) => {
      const y = standardised(inside(value));
      const none = equal(y, a);
      // Between a bound and itself there is nothing, of which there is no logarithm.
      const reached = choose(none, b, y);
      const share = tf.exp(tf.sub(logNormalMass(a, reached), logNormalMass(a, b)));
      return choose(none, tf.scalar(0), choose(greater(value, to), tf.scalar(1), share));
    },
    icdf: (u) => at(truncatedNormalQuantile(u, a, b)),
  });
};

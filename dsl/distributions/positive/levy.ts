import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { deviance } from '../../numerics/deviance.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { distribution } from '../../law/leaf.js';
import { imageUnder } from '../../law/preimage.js';
import { erf, logNdtr, ndtri } from '../../numerics/normal-function.js';
import { EULER_GAMMA, HALF_LOG_TWO_PI } from '../../numerics/special.js';
import { type Interval, interval, positive, real } from '../../supports/index.js';
import { isInterval } from '../../supports/interval.js';
import { choose, less } from '../../tensors/comparison.js';
import { baseNoise } from '../../tensors/noise.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type Bound, boundOf } from '../real-line/uniform.js';
import { awayFromZero } from './half-line.js';

type LevyParameters = { readonly loc: Tensor; readonly scale: Tensor };

export const levyFamily: Family<LevyParameters> = {
  name: 'Levy',
  axes: { loc: 0, scale: 0 },
  of: ({ loc, scale }) => levy(loc, scale),
};

/** Below this size a normal number is exceeded by most. */
const NEAR = 0.5;

/**
 * The Lévy distribution: how long a Brownian motion takes to reach a level, a stable law with a tail as heavy as z^(−½).
 *
 * log p(z) = ½ log(scale / 2π) − scale / 2x − 1.5 log x with x = z − loc, in nats, for z > loc and −∞ below.
 *
 * - Shapes: batch is `loc` and `scale` broadcast; an event is one number.
 * - Gradient: pathwise, z = loc + scale / ε² with a normal number.
 * - Edges: a tensor `scale` of 0 or below gives NaN or infinities. Mean and variance are infinite. What lies less than 2⁻¹⁰⁰
 *   above `loc` counts as that far; log q of an own draw is that of what lies above `loc`, which may have rounded it away.
 *   A `loc` that is a tensor is a bound of the support that only a run knows.
 * - Source: Nolan, Univariate Stable Distributions, section 1.1.
 *
 * @example
 * ```ts
 * levy(0, 1).logProb(tf.scalar(1)).dataSync()[0]; // -0.5 - 0.9189385
 * levy(1, 1).cdf?.(tf.scalar(2)).dataSync()[0]; // 0.3173105
 * ```
 */
export const levy = <const L extends TensorLike>(
  loc: L,
  scale: TensorLike,
): Distribution<Interval<Bound<L>, number>, 'pathwise'> => {
  const m = asTensor(loc);
  const s = asTensor(scale);
  const from = boundOf(loc);
  const above = (value: Tensor): Tensor => awayFromZero(tf.sub(value, m));
  const isBelow = (value: Tensor): Tensor => less(value, m);
  /** √(scale / x): a normal number that is beyond it on either side gives less. */
  const normally = (value: Tensor): Tensor => tf.sqrt(tf.div(s, above(value)));
  /** Of nearly all by the little that lies beyond. */
  const logShare = (value: Tensor): Tensor => {
    const e = normally(value);
    const isNear = less(e, tf.scalar(NEAR));
    const beyond = erf(tf.mul(choose(isNear, e, tf.scalar(0)), Math.SQRT1_2));
    const most = tf.add(logNdtr(tf.neg(choose(isNear, tf.scalar(NEAR), e))), Math.LN2);
    return choose(isNear, tf.log1p(tf.neg(beyond)), most);
  };
  const density = (x: Tensor): Tensor => {
    const head = tf.sub(tf.mul(tf.log(s), 0.5), HALF_LOG_TWO_PI);
    return tf.sub(head, tf.add(tf.div(tf.div(s, x), 2), tf.mul(tf.log(x), 1.5)));
  };
  const farther = { name: 'beyond loc' };
  const infinite = (): Tensor => tf.fill([], Infinity);
  return distribution({
    family: levyFamily,
    parameters: { loc: m, scale: s },
    arguments: argumentsOf('levy', { loc: [loc, m, real], scale: [scale, s, positive] }),
    support: interval(from, Infinity),
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('normal')],
      draw: ([e = tf.scalar(1)]) => {
        const x = tf.div(s, tf.square(e));
        return { value: tf.add(m, x), preimage: { map: farther, x, eventRank: 0 } };
      },
    },
    logProb: (value, preimage) => {
      const x = imageUnder(farther, preimage);
      return x ? density(x) : choose(isBelow(value), tf.scalar(-Infinity), density(above(value)));
    },
    mean: infinite,
    variance: infinite,
    entropy: () =>
      tf.add(tf.log(s), 0.5 + 1.5 * EULER_GAMMA + Math.log(4) + 0.5 * Math.log(Math.PI)),
    cdf: (value) => choose(isBelow(value), tf.scalar(0), tf.exp(logShare(value))),
    logCdf: (value) => choose(isBelow(value), tf.scalar(-Infinity), logShare(value)),
    logSurvival: (value) => {
      const share = tf.log(erf(tf.mul(normally(value), Math.SQRT1_2)));
      return choose(isBelow(value), tf.scalar(0), share);
    },
    icdf: (u) => tf.add(m, tf.div(s, tf.square(ndtri(tf.div(u, 2))))),
    // 1 / (z − loc) is a gamma number; laws that start elsewhere have no closed form, or none at all.
    klTo: (p) =>
      isOf(p, levyFamily) && isInterval(p.support) && p.support.low === from
        ? deviance(tf.scalar(0.5), tf.mul(tf.div(p.parameters.scale, s), 0.5))
        : undefined,
  });
};

import * as tf from '@tensorflow/tfjs';
import { argumentsOf } from '../../checks/argument.js';
import { type Distribution, type Family, isOf } from '../../law/distribution.js';
import { klPareto } from '../../divergences/pareto.js';
import { distribution } from '../../law/leaf.js';
import { baseNoise } from '../../tensors/noise.js';
import { logOneMinusExp } from '../../numerics/special.js';
import { type Interval, interval, positive } from '../../supports/index.js';
import { choose, greater, less } from '../../tensors/comparison.js';
import { type Tensor, type TensorLike, asTensor } from '../../tensors/tensor.js';
import { type Bound, boundOf } from '../real-line/uniform.js';

type ParetoParameters = { readonly scale: Tensor; readonly alpha: Tensor };

export const paretoFamily: Family<ParetoParameters> = {
  name: 'Pareto',
  axes: { scale: 0, alpha: 0 },
  of: ({ scale, alpha }) => pareto(scale, alpha),
};

/**
 * The Pareto distribution: numbers from `scale` up whose tail falls as the power `alpha`.
 *
 * log p(z) = log alpha + alpha log scale − (alpha + 1) log z, in nats, for z ≥ scale and −∞ below.
 *
 * - Shapes: batch is `scale` and `alpha` broadcast; an event is one number.
 * - Gradient: pathwise, z = scale e^(E / alpha) with E = e^−g exponential.
 * - Edges: tensors of 0 or below give NaN or infinities. The mean is ∞ for alpha ≤ 1, the variance for
 *   alpha ≤ 2. A `scale` that is a tensor is a bound of the support that only a run knows.
 * - Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 20.
 *
 * @example
 * ```ts
 * pareto(2, 3).logProb(tf.scalar(4)).dataSync()[0]; // Math.log(3 / 32)
 * pareto(2, 3).cdf?.(tf.scalar(4)).dataSync()[0]; // 7 / 8
 * ```
 */
export const pareto = <const S extends TensorLike>(
  scale: S,
  alpha: TensorLike,
): Distribution<Interval<Bound<S>, number>, 'pathwise'> => {
  const s = asTensor(scale);
  const a = asTensor(alpha);
  const above = (least: number, moment: Tensor): Tensor =>
    choose(greater(a, tf.scalar(least)), moment, tf.scalar(Infinity));
  const onSupport = (value: Tensor): Tensor => choose(less(value, s), s, value);
  /** alpha log(z / scale), of values on the support. */
  const reach = (value: Tensor): Tensor => tf.mul(a, tf.log(tf.div(onSupport(value), s)));
  /** The z with −log P(draw > z) = `hazard`. */
  const reached = (hazard: Tensor): Tensor => tf.mul(s, tf.exp(tf.div(hazard, a)));
  return distribution({
    family: paretoFamily,
    parameters: { scale: s, alpha: a },
    arguments: argumentsOf('pareto', { scale: [scale, s, positive], alpha: [alpha, a, positive] }),
    support: interval(boundOf(scale), Infinity),
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('gumbel')],
      draw: ([g = tf.scalar(0)]) => ({
        value: tf.mul(s, tf.exp(tf.div(tf.exp(tf.neg(g)), a))),
      }),
    },
    logProb: (value) => {
      const density = tf.sub(tf.sub(tf.log(a), tf.log(onSupport(value))), reach(value));
      return choose(less(value, s), tf.scalar(-Infinity), density);
    },
    mean: () => above(1, tf.div(tf.mul(a, s), tf.sub(a, 1))),
    variance: () => {
      const unit = tf.div(a, tf.mul(tf.square(tf.sub(a, 1)), tf.sub(a, 2)));
      return above(2, tf.mul(tf.square(s), unit));
    },
    entropy: () => tf.add(tf.sub(tf.log(s), tf.log(a)), tf.add(tf.reciprocal(a), 1)),
    cdf: (value) => tf.neg(tf.expm1(tf.neg(reach(value)))),
    logCdf: (value) =>
      choose(
        less(s, value),
        logOneMinusExp(choose(less(s, value), reach(value), tf.scalar(1))),
        tf.scalar(-Infinity),
      ),
    logSurvival: (value) => tf.neg(reach(value)),
    inverseLogCdf: (log) => reached(tf.neg(logOneMinusExp(tf.neg(log)))),
    inverseLogSurvival: (log) => reached(tf.neg(log)),
    icdf: (u) => reached(tf.neg(tf.log1p(tf.neg(u)))),
    klTo: (p) =>
      isOf(p, paretoFamily) ? klPareto({ scale: s, alpha: a }, p.parameters) : undefined,
  });
};

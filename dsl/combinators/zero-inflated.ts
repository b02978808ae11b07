import * as tf from '@tensorflow/tfjs';
import { poisson } from '../distributions/counts/poisson.js';
import { negativeBinomial2 } from '../distributions/counts/negative-binomial.js';
import { type Distribution, type Gradient, checkValue } from '../law/distribution.js';
import { logSumOfProducts } from '../numerics/log-sum-of-products.js';
import type { Integers } from '../supports/index.js';
import { choose, equal, less } from '../tensors/comparison.js';
import { baseNoise } from '../tensors/noise.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, type TensorLike, expandTo } from '../tensors/tensor.js';
import { type Gate, checkCounts, gateChances } from './gate.js';
import type { MixtureGradient } from './mixture.js';

/**
 * A law of counts with more zeros than it has itself: with a chance of `gate` a draw is 0, else a count of the base,
 * which may be 0 as well.
 *
 * log p(0) = log(g + (1 − g) p₀(0)) and log p(k) = log(1 − g) + log p₀(k), in nats, with g for `gate` and p₀ the
 * chances of the base.
 *
 * - Shapes: batch is the base's and the gate's, broadcast; an event is one whole number.
 * - Gradient: `enumerable` where the base is, else `score`.
 * - Edges: a gate of exactly 0 leaves the base, and keeps its slope. Mean and variance are there where the base has
 *   both, the distribution function where it has one.
 * - Errors: a base that is no law of counts from 0 up, or a masked one, is a `RangeError`, and so is a `gate` of
 *   numbers that are no probabilities.
 * - Source: Lambert, Zero-Inflated Poisson Regression, 1992, doi:10.2307/1269547.
 *
 * @example
 * ```ts
 * const eggs = zeroInflated(poisson(2), { gate: 0.25 });
 * eggs.logProb(tf.scalar(0)).dataSync()[0]; // Math.log(0.25 + 0.75 * Math.exp(-2))
 * eggs.mean?.().dataSync()[0]; // 1.5
 * ```
 */
export function zeroInflated<S extends Integers<0, number>, G extends Gradient>(
  base: Distribution<S, G>,
  gate: Gate,
): Distribution<S, MixtureGradient<G>>;
export function zeroInflated(base: Distribution, gate: Gate): Distribution {
  checkCounts('zeroInflated', base);
  const chances = gateChances('zeroInflated', gate);
  const { on, off, logOn, logOff } = chances;
  const batchShape = broadcastAll('zeroInflated', [base.batchShape, on.shape]);
  const wide = (x: Tensor): Tensor => expandTo(x, batchShape);
  const { mean, variance, cdf } = base;
  const { enumeration } = base.sampler;
  const { chance } = enumeration ?? {};
  const isZero = (value: Tensor): Tensor => equal(value, tf.scalar(0));
  /** log(g + (1 − g) p₀(0)): of a gate of 0 the logarithm has no slope, but its chance. */
  const logZero = (): Tensor => {
    const both = (a: Tensor, b: Tensor): Tensor => tf.stack([wide(a), wide(b)], -1);
    const own = base.logProb(tf.scalar(0));
    const sum = logSumOfProducts(
      [
        {
          log: both(logOn, logOff),
          ...(chances.parameters.gate && { chance: both(on, off) }),
        },
        { log: both(tf.scalar(0), own) },
      ],
      [batchShape.length],
    );
    return tf.squeeze(sum, [-1]);
  };
  const self: Distribution = {
    family: { name: `ZeroInflated(${base.family.name})`, axes: { gate: 0, gateLogits: 0 } },
    parameters: chances.parameters,
    structure: { _tag: 'parts', parts: [{ law: base, axes: 0 }] },
    arguments: chances.arguments,
    support: base.support,
    batchShape,
    eventShape: [],
    sampler: {
      gradient: enumeration ? 'enumerable' : 'score',
      noise: [baseNoise('uniform'), ...base.sampler.noise],
      draw: ([u = tf.scalar(0), ...noise]) => ({
        value: choose(less(u, on), tf.scalar(0), base.sampler.draw(noise).value),
      }),
      ...(enumeration && {
        enumeration: {
          ...enumeration,
          ...(chance && {
            chance: (value) => tf.add(tf.mul(isZero(value), on), tf.mul(off, chance(value))),
          }),
        },
      }),
    },
    logProb: (value) => {
      checkValue(self, value);
      return choose(isZero(value), logZero(), tf.add(logOff, base.logProb(value)));
    },
    ...(mean && { mean: () => wide(tf.mul(off, mean())) }),
    ...(mean &&
      variance && {
        variance: () => wide(tf.mul(off, tf.add(variance(), tf.mul(on, tf.square(mean()))))),
      }),
    ...(cdf && {
      cdf: (value) => {
        checkValue(self, value);
        const share = tf.add(on, tf.mul(off, cdf(value)));
        return choose(less(value, tf.scalar(0)), tf.scalar(0), share);
      },
    }),
  };
  return self;
}

/**
 * A Poisson law with more zeros: `zeroInflated(poisson(rate), gate)`.
 *
 * @example
 * ```ts
 * zeroInflatedPoisson(2, { gate: 0.5 }).logProb(tf.scalar(1)).dataSync()[0]; // -2
 * ```
 */
export const zeroInflatedPoisson = (
  rate: TensorLike,
  gate: Gate,
): Distribution<Integers<0, number>, 'score'> => zeroInflated(poisson(rate), gate);

/**
 * A negative binomial law with more zeros: `zeroInflated(negativeBinomial2(mean, concentration), gate)`.
 *
 * @example
 * ```ts
 * zeroInflatedNegativeBinomial2(1, 1, { gate: 0.5 }).logProb(tf.scalar(1)).dataSync()[0]; // -Math.log(8)
 * ```
 */
export const zeroInflatedNegativeBinomial2 = (
  mean: TensorLike,
  concentration: TensorLike,
  gate: Gate,
): Distribution<Integers<0, number>, 'score'> =>
  zeroInflated(negativeBinomial2(mean, concentration), gate);

import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Enumeration,
  type Gradient,
  type Sampler,
  checkValue,
} from '../law/distribution.js';
import { logOneMinusExp } from '../numerics/special.js';
import type { Integers } from '../supports/index.js';
import { choose, equal, less } from '../tensors/comparison.js';
import { withoutGradient } from '../tensors/gradient.js';
import { baseNoise } from '../tensors/noise.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';
import { type Gate, checkCounts, gateChances } from './gate.js';
import type { MixtureGradient } from './mixture.js';

type Draws = Pick<Sampler, 'noise' | 'draw'>;

/** One of the listed counts but 0, by the largest of logarithms and Gumbel noise. */
const listedAboveZero = (base: Distribution, { count, values }: Enumeration): Draws => ({
  noise: [baseNoise('gumbel', [count])],
  draw: ([g = tf.zeros([count])]) => {
    const listed = values();
    const rank = base.batchShape.length;
    const logs = base.logProb(tf.reshape(listed, [count, ...base.batchShape.map(() => 1)]));
    const last = tf.transpose(expandTo(logs, [count, ...base.batchShape]), [
      ...base.batchShape.map((_, i) => i + 1),
      0,
    ]);
    const possible = choose(equal(listed, tf.scalar(0)), tf.scalar(-Infinity), last);
    return {
      value: withoutGradient([tf.add(possible, g)], ([scores = g]) => {
        const at = tf.expandDims(tf.argMax(scores, -1), -1);
        const chosen = tf.cast(tf.equal(at, tf.range(0, count, 1, 'int32')), 'float32');
        return tf.sum(tf.mul(chosen, listed), Math.max(scores.rank - 1, rank));
      }),
    };
  },
});

const drawsAboveZero = (base: Distribution): Draws => {
  const { aboveZero, enumeration } = base.sampler;
  if (aboveZero) return aboveZero;
  if (enumeration) return listedAboveZero(base, enumeration);
  throw new RangeError(
    `hurdle: expected a law that can draw a count above 0, but got ${base.family.name}; give one of the ` +
      "library's counts, one whose values are listed, or your sampler an aboveZero.",
  );
};

/**
 * Counts in two steps: with a chance of `gate` none, else a count of the base that is not 0. What decides whether
 * anything is counted has nothing to do with how much.
 *
 * log p(0) = log g and log p(k) = log(1 − g) + log p₀(k) − log(1 − p₀(0)), in nats, with g for `gate` and p₀ the
 * chances of the base.
 *
 * - Shapes: batch is the base's and the gate's, broadcast; an event is one whole number.
 * - Gradient: `enumerable` where the base is, else `score`.
 * - Edges: a base that is nearly always 0 keeps its digits in log p and in draws, and in the distribution function of a base
 *   with `logSurvival`; the variance loses some, and the distribution function of another base. Mean and variance are there
 *   where the base has both, the distribution function where it has one.
 * - Errors: a base that is no law of counts from 0 up, a masked one, or one of a user's own that cannot draw a count
 *   above 0, is a `RangeError`, and so is a `gate` of numbers that are no probabilities.
 * - Source: Mullahy, Specification and Testing of Some Modified Count Data Models, 1986,
 *   doi:10.1016/0304-4076(86)90002-3.
 *
 * @example
 * ```ts
 * const visits = hurdle(poisson(2), { gate: 0.6 });
 * visits.logProb(tf.scalar(0)).dataSync()[0]; // Math.log(0.6)
 * visits.logProb(tf.scalar(1)).dataSync()[0]; // Math.log(0.8 / (Math.exp(2) - 1))
 * ```
 */
export function hurdle<S extends Integers<0, number>, G extends Gradient>(
  base: Distribution<S, G>,
  gate: Gate,
): Distribution<S, MixtureGradient<G>>;
export function hurdle(base: Distribution, gate: Gate): Distribution {
  checkCounts('hurdle', base);
  const { on, off, logOn, logOff, ...chances } = gateChances('hurdle', gate);
  const batchShape = broadcastAll('hurdle', [base.batchShape, on.shape]);
  const wide = (x: Tensor): Tensor => expandTo(x, batchShape);
  const above = drawsAboveZero(base);
  const logNone = (): Tensor => base.logProb(tf.scalar(0));
  /** log(1 − p₀(0)). */
  const logSome = (): Tensor => logOneMinusExp(tf.neg(logNone()));
  /** (1 − g) / (1 − p₀(0)). */
  const weight = (): Tensor => tf.div(off, tf.exp(logSome()));
  const { mean, variance, cdf, logSurvival } = base;
  const { enumeration } = base.sampler;
  const isZero = (value: Tensor): Tensor => equal(value, tf.scalar(0));
  const self: Distribution = {
    family: { name: `Hurdle(${base.family.name})`, axes: { gate: 0, gateLogits: 0 } },
    parameters: chances.parameters,
    structure: { _tag: 'parts', parts: [{ law: base, axes: 0 }] },
    arguments: chances.arguments,
    support: base.support,
    batchShape,
    eventShape: [],
    sampler: {
      gradient: enumeration ? 'enumerable' : 'score',
      noise: [baseNoise('uniform'), ...above.noise],
      draw: ([u = tf.scalar(0), ...noise]) => ({
        value: choose(less(u, on), tf.scalar(0), above.draw(noise).value),
      }),
      ...(enumeration && {
        enumeration: { count: enumeration.count, values: enumeration.values },
      }),
    },
    logProb: (value) => {
      checkValue(self, value);
      const counted = tf.add(logOff, tf.sub(base.logProb(value), logSome()));
      return choose(isZero(value), logOn, counted);
    },
    ...(mean && { mean: () => wide(tf.mul(weight(), mean())) }),
    ...(mean &&
      variance && {
        variance: () => {
          const squares = tf.add(variance(), tf.square(mean()));
          const centre = tf.mul(weight(), mean());
          return wide(tf.sub(tf.mul(weight(), squares), tf.square(centre)));
        },
      }),
    ...(cdf && {
      cdf: (value) => {
        checkValue(self, value);
        // Of a count above 0: by what lies beyond it, of which nothing is taken off, where the base knows that.
        const some = logSurvival
          ? tf.mul(off, tf.neg(tf.expm1(tf.sub(logSurvival(value), logSome()))))
          : tf.mul(weight(), tf.sub(cdf(value), tf.exp(logNone())));
        const counted = choose(less(value, tf.scalar(1)), tf.scalar(0), some);
        return choose(less(value, tf.scalar(0)), tf.scalar(0), tf.add(on, counted));
      },
    }),
  };
  return self;
}

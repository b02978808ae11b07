import * as tf from '@tensorflow/tfjs';
import { type Given, argumentsOf } from '../checks/argument.js';
import { boundDomain, widthDomain } from '../checks/bounds.js';
import { type Bound, boundOf } from '../distributions/real-line/uniform.js';
import { type Distribution, type Gradient, checkValue } from '../law/distribution.js';
import { type Window, windowOf } from '../numerics/window.js';
import { anything, checkOptions, demand } from '../refusals/options.js';
import {
  type Interval,
  type Nonnegative,
  type Positive,
  type Real,
  interval,
} from '../supports/index.js';
import { isInterval } from '../supports/interval.js';
import type { Support } from '../supports/support.js';
import { choose, greater, greaterEqual, less } from '../tensors/comparison.js';
import { cutOff } from '../tensors/gradient.js';
import { baseNoise } from '../tensors/noise.js';
import { broadcastAll } from '../tensors/shape.js';
import { type Tensor, type TensorLike, asTensor, expandTo } from '../tensors/tensor.js';
import { expand } from './expand.js';
import { sidesOf } from './tails.js';

/** Where a law is cut off: below, above or on both sides. */
export interface TruncationBounds {
  readonly low?: TensorLike;
  readonly high?: TensorLike;
}

/** A bound that is left out is that of the base, which the compiler does not follow. */
type BoundIn<B, K extends 'low' | 'high'> = B extends { readonly [key in K]: infer X }
  ? Bound<X>
  : number;

/** The ends of a set of numbers; NaN where they are computed. */
const endsOf = (support: Support): readonly [low: number, high: number] => {
  if (isInterval(support)) return [support.low, support.high];
  return [support.kind === 'real' ? -Infinity : 0, Infinity];
};

const isLine = (support: Support): boolean =>
  isInterval(support) || ['real', 'positive', 'nonnegative'].includes(support.kind);

/** The inner one of two ends, where 1 is for those on the left; one that is computed may be either. */
const innerOf = (side: 1 | -1, own: number, given: number | undefined): number => {
  if (given === undefined) return own;
  return side * given < side * own ? own : Number.isNaN(own) ? own : given;
};

const checkBase = (who: string, base: Distribution): void => {
  demand(
    base.eventShape.length === 0 && base.unmasked === undefined,
    who,
    'a law of one number whose every value counts',
    base.unmasked ? 'a masked one' : `one of shape [${base.eventShape.join(', ')}]`,
    'truncate the law of each number, and mask or join the whole',
  );
  demand(
    isLine(base.support),
    who,
    'a law on the line or on a part of it',
    `one on ${base.support.name}`,
    'take a continuous one',
  );
};

function cut(base: Distribution, bounds: TruncationBounds): Distribution {
  const who = `truncated(${base.family.name})`;
  checkOptions(who, bounds, { low: anything, high: anything });
  const isBound = bounds.low !== undefined || bounds.high !== undefined;
  demand(isBound, who, 'a bound', 'none', 'pass { low: 0 }, say');
  checkBase(who, base);
  const sides = sidesOf(who, base);
  const ends = endsOf(base.support);
  const [least, most] = [
    ends[0] > -Infinity ? ends[0] : -Infinity,
    ends[1] < Infinity ? ends[1] : Infinity,
  ];
  const { low = least, high = most } = bounds;
  const [from, to] = [asTensor(low), asTensor(high)];
  // Bounds beyond those of the base cut nothing off.
  const a = choose(less(from, tf.scalar(least)), tf.scalar(least), from);
  const b = choose(greater(to, tf.scalar(most)), tf.scalar(most), to);
  const batchShape = broadcastAll(who, [base.batchShape, a.shape, b.shape]);
  const wide = expand(base, batchShape);
  const filled = (x: Tensor): Tensor => expandTo(x, broadcastAll(who, [x.shape, batchShape]));
  const window = (lower: Tensor, upper: Tensor): Window => {
    const middle = cutOff(sides.fromBelow(tf.scalar(-Math.LN2)));
    return windowOf({ sides, logProb: (z) => base.logProb(z), middle, least, most }, lower, upper);
  };
  const whole = (): Tensor => window(a, b).logMass();
  /** What rounding moved over a bound is put on it. */
  const inside = (value: Tensor): Tensor => {
    const above = choose(less(value, a), a, value);
    return choose(greater(above, b), b, above);
  };
  const quantile = (u: Tensor): Tensor => filled(inside(window(a, b).quantile(u)));
  /** log of the share of one side of a value, of which there is nothing at its own bound and all at the other. */
  const shareOf =
    (side: 1 | -1) =>
    (value: Tensor): Tensor => {
      checkValue(self, value);
      const [isNone, isAll] =
        side === 1
          ? [greaterEqual(a, value), greaterEqual(value, b)]
          : [greaterEqual(value, b), greaterEqual(a, value)];
      const isEnd = greater(tf.add(isNone, isAll), tf.scalar(0));
      // Between a bound and itself there is nothing, of which there is no logarithm.
      const [lower, upper] =
        side === 1 ? [a, choose(isEnd, b, value)] : [choose(isEnd, a, value), b];
      const log = tf.sub(window(lower, upper).logMass(), whole());
      // Rounding may make it more than all.
      const share = choose(greater(log, tf.scalar(0)), tf.scalar(0), log);
      return filled(choose(isNone, tf.scalar(-Infinity), choose(isAll, tf.scalar(0), share)));
    };
  const logCdf = shareOf(1);
  const given = (x: TensorLike | undefined, t: Tensor, side: 1 | -1): Given => [
    x ?? t,
    t,
    boundDomain(side),
  ];
  const [first, last] = [
    innerOf(1, ends[0], bounds.low === undefined ? undefined : boundOf(bounds.low)),
    innerOf(-1, ends[1], bounds.high === undefined ? undefined : boundOf(bounds.high)),
  ];
  const room = last - first;
  const width = tf.sub(b, a);
  // Judged before the interval is made, which would speak of itself.
  const judged = argumentsOf(who, {
    low: given(bounds.low, from, 1),
    high: given(bounds.high, to, -1),
    'high - low': [
      Number.isNaN(room) ? width : room,
      width,
      widthDomain,
      0,
      `swap the bounds, or give some of ${base.support.name}`,
    ],
  });
  const self: Distribution = {
    family: { name: `Truncated(${base.family.name})`, axes: { low: 0, high: 0 } },
    parameters: { low: a, high: b },
    structure: { _tag: 'parts', parts: [{ law: wide, axes: 0 }] },
    arguments: judged,
    support: interval(first, last),
    batchShape,
    eventShape: [],
    sampler: {
      gradient: 'pathwise',
      noise: [baseNoise('uniform')],
      draw: ([u = tf.scalar(0.5)]) => ({ value: quantile(u) }),
    },
    logProb: (value) => {
      checkValue(self, value);
      const outside = tf.add(less(value, a), greater(value, b));
      const log = tf.sub(base.logProb(inside(value)), whole());
      return filled(choose(outside, tf.scalar(-Infinity), log));
    },
    cdf: (value) => tf.exp(logCdf(value)),
    ...(base.logCdf && base.logSurvival && { logCdf, logSurvival: shareOf(-1) }),
    icdf: quantile,
  };
  return self;
}

/**
 * A law of one number between two bounds, either of which may be left out: what it was there, made whole.
 *
 * log p(z) = log p₀(z) − log(F(high) − F(low)) from `low` to `high` and −∞ outside, in nats, with p₀ and F of the base.
 * The bounds count as inside.
 *
 * - Shapes: batch is that of the base and the bounds, broadcast; an event is one number.
 * - Gradient: pathwise in all parameters and in the bounds, whatever the base's is: z = F⁻¹(F(low) + u (F(high) − F(low))),
 *   by logarithms of the side that has less of the law, so that tails are kept however far out, and of bounds that are
 *   close by the density between them.
 * - Edges: log p is off by 10⁻⁶ of the logarithm of the share beyond the nearer bound. Normal, log-normal, Student's t,
 *   Laplace, logistic, Cauchy, Gumbel, exponential, Weibull and Pareto laws, and those that `transformed` makes of them,
 *   are truncated anywhere. Of a base without `logSurvival`, log p is NaN where less than 2⁻¹² of it lies above `low`;
 *   of one without `inverseLogSurvival` draws are, there. Mean, variance, entropy and divergences are left out: there
 *   is no form that all bases have.
 * - Errors: a base without `cdf` or `icdf`, of more than one number, of whole numbers, or masked, no bound, and numbers
 *   between which the base has nothing are a `RangeError`. Tensors with high < low give no density, and
 *   draws that are NaN.
 * - Source: Robert, Simulation of truncated normal variables, 1995, doi:10.1007/BF00143942, for the inversion.
 *
 * @example
 * ```ts
 * truncated(laplace(0, 1), { low: 2 }).logProb(tf.scalar(3)).dataSync()[0]; // -1
 * truncated(logistic(0, 1), { low: 0 }).cdf?.(tf.scalar(1)).dataSync()[0]; // 0.4621172
 * truncated(normal(0, 1), { low: 20, high: 21 }).icdf?.(tf.scalar(0.5)).dataSync()[0]; // 20.03449
 * ```
 */
export function truncated<
  S extends Real | Positive | Nonnegative | Interval,
  const B extends TruncationBounds,
>(
  base: Distribution<S, Gradient>,
  bounds: B,
): Distribution<Interval<BoundIn<B, 'low'>, BoundIn<B, 'high'>>, 'pathwise'>;
export function truncated(base: Distribution, bounds: TruncationBounds): Distribution {
  return cut(base, bounds);
}

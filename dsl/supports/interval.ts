/** Open intervals, and the map onto one. */
import * as tf from '@tensorflow/tfjs';
import { elementwise } from './elementwise.js';
import { INTERVAL_CURE, boundIn, closedInterval } from '../checks/domain.js';
import { insideBy, off } from '../checks/off-bounds.js';
import { demand } from '../refusals/options.js';
import { logSigmoid, logit } from '../numerics/special.js';
import type { Bijector, ContinuousSupport, Support } from './support.js';
import { insideBounds } from './bounds.js';

/** The open interval from `low` to `high`; a bound that is NaN depends on a parameter. */
export interface Interval<
  L extends number = number,
  H extends number = number,
> extends ContinuousSupport<'interval'> {
  readonly kind: 'interval';
  readonly eventRank: 0;
  readonly low: L;
  readonly high: H;
}

/** Whether a support is an interval, whose bounds can then be read. */
export const isInterval = (support: Support): support is Interval => support.kind === 'interval';

/** A number between two bounds, either of which may be infinite or computed. */
const between = (low: number, high: number): number => {
  if (Number.isFinite(low + high)) return (low + high) / 2;
  return Number.isFinite(low) ? low + 1 : Number.isFinite(high) ? high - 1 : 0;
};

/**
 * The open interval from `low` to `high`.
 *
 * @example
 * ```ts
 * isWithin(interval(0, 1), interval(0, 2)); // true
 * isWithin(interval(0, 2), interval(0, 1)); // false
 * isWithin(positive, interval(0, Infinity)); // true
 * ```
 */
export const interval = <const L extends number, const H extends number>(
  low: L,
  high: H,
): Interval<L, H> => {
  // A bound that is NaN is computed, and says nothing.
  demand(!(low >= high), 'interval', 'low < high', `${low} and ${high}`, 'swap them');
  const bounds = { low, high };
  return {
    kind: 'interval',
    ...bounds,
    name:
      low === 0 && high === Infinity
        ? 'positive'
        : `interval(${boundIn(low, '?')}, ${boundIn(high, '?')})`,
    words:
      high === Infinity
        ? `above ${boundIn(low, 'its bound')}`
        : low === -Infinity
          ? `below ${boundIn(high, 'its bound')}`
          : `strictly between ${boundIn(low, 'its bound')} and ${boundIn(high, 'its bound')}`,
    cure: INTERVAL_CURE,
    rank: 0,
    eventRank: 0,
    isDiscrete: false,
    ...(Number.isNaN(low + high) && { isComputed: true }),
    closure: closedInterval(low, high),
    entry: (x) => Number.isFinite(x) && !(x <= Math.fround(low)) && !(x >= Math.fround(high)),
    isWithin: (outer) =>
      outer.kind === 'real' ||
      ((outer.kind === 'nonnegative' || outer.kind === 'positive') && low >= 0) ||
      (isInterval(outer) && low >= outer.low && high <= outer.high),
    covers: ({ kind }) =>
      high === Infinity &&
      ((kind === 'positive' && low <= 0) || (kind === 'nonnegative' && low < 0)),
    some: (shape) => tf.fill([...shape], between(low, high)),
    inside: (x) => insideBounds(x, bounds),
    room: (event) => {
      const gaps = event.flatMap((z) => [z - low, high - z]);
      return Math.min(...gaps.map((gap) => (Number.isNaN(gap) ? Infinity : gap)));
    },
    bijector: () => {
      const isKnown = !Number.isNaN(low) && !Number.isNaN(high);
      demand(
        isKnown && (Number.isFinite(low) || Number.isFinite(high)),
        'bijectorTo',
        'known bounds, one of them finite',
        `interval(${boundIn(low, '?')}, ${boundIn(high, '?')})`,
        'give numbers, or use real where no side has a bound',
      );
      if (high === Infinity) return expFrom(interval(low, high), low, 1);
      if (low === -Infinity) return expFrom(interval(low, high), high, -1);
      return sigmoidTo(low, high);
    },
    offBounds: (y) => {
      const above = Number.isFinite(low) ? off(y, low, insideBy(bounds, 1), 1) : y;
      return Number.isFinite(high) ? off(above, high, insideBy(bounds, -1), -1) : above;
    },
  };
};

/** The open interval from 0 to 1. */
export const unitInterval: Interval<0, 1> = interval(0, 1);

/**
 * The numbers above a bound, which counts as one of them in data: densities are defined on it.
 *
 * @example
 * ```ts
 * greaterThan(2).words; // 'above 2'
 * isWithin(greaterThan(2), greaterThan(1)); // true
 * bijectorTo(greaterThan(2)).forward(tf.scalar(0)).dataSync()[0]; // 3
 * ```
 */
export const greaterThan = <const L extends number>(low: L): Interval<L, number> =>
  interval(low, Infinity);

/**
 * The numbers below a bound, likewise.
 *
 * @example
 * ```ts
 * lessThan(2).words; // 'below 2'
 * isWithin(lessThan(1), lessThan(2)); // true
 * bijectorTo(lessThan(2)).forward(tf.scalar(0)).dataSync()[0]; // 1
 * ```
 */
export const lessThan = <const H extends number>(high: H): Interval<number, H> =>
  interval(-Infinity, high);

/** y = bound ± eˣ, onto what lies on one side of a bound; log |dy/dx| = x. */
const expFrom = (codomain: Interval, bound: number, side: 1 | -1): Bijector<Interval> =>
  elementwise({
    name: `${bound} ${side === 1 ? '+' : '−'} exp`,
    codomain,
    direction: () => tf.scalar(side),
    forward: (x) => tf.add(tf.mul(tf.exp(x), side), bound),
    inverse: (y) => tf.log(tf.mul(tf.sub(y, bound), side)),
    logAbsDetJacobian: (x) => x,
  });

/**
 * y = low + (high − low) sigmoid(x), onto (low, high).
 *
 * @example
 * ```ts
 * bijectors.sigmoidTo(0, 10).forward(tf.scalar(0)).dataSync()[0]; // 5
 * ```
 */
export const sigmoidTo = <L extends number, H extends number>(
  low: L,
  high: H,
): Bijector<Interval<L, H>> => {
  const width = high - low;
  if (!(width > 0 && Number.isFinite(width))) {
    throw new RangeError(
      `sigmoidTo: expected finite bounds with low < high, but got ${low} and ${high}; ` +
        'swap them, or use exp for a half line.',
    );
  }
  return elementwise({
    name: `sigmoidTo(${low}, ${high})`,
    codomain: interval(low, high),
    direction: () => tf.scalar(1),
    forward: (x) => tf.add(tf.mul(tf.sigmoid(x), width), low),
    inverse: (y) => logit(tf.div(tf.sub(y, low), width)),
    logAbsDetJacobian: (x) => tf.add(tf.add(logSigmoid(x), logSigmoid(tf.neg(x))), Math.log(width)),
  });
};

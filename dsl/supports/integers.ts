/** Sets of integers. */
import * as tf from '@tensorflow/tfjs';
import { type Domain, boundIn } from '../checks/domain.js';
import { demand } from '../refusals/options.js';
import type { ScalarSupport, Support } from './support.js';
import { insideBounds } from './bounds.js';

/** The integers from `low` to `high`, both included; `high` may be infinite. */
export interface Integers<
  L extends number = number,
  H extends number = number,
> extends ScalarSupport<'integers'> {
  readonly kind: 'integers';
  readonly low: L;
  readonly high: H;
}

/** Whether a support is a set of integers, whose bounds can then be read. */
export const isIntegers = (support: Support): support is Integers => support.kind === 'integers';

/**
 * The integers from `low` to `high`, both included.
 *
 * @example
 * ```ts
 * integers(0, 9).name; // 'integers(0..9)'
 * integers(0, 9).high; // 9
 * integers(1, Infinity).words; // 'a whole number of at least 1'
 * ```
 */
export const integers = <const L extends number, const H extends number>(
  low: L,
  high: H,
): Integers<L, H> => {
  demand(!(low > high), 'integers', 'low at most high', `${low} and ${high}`, 'swap them');
  const isBoolean = low === 0 && high === 1;
  const domain: Domain = {
    words: isBoolean
      ? '0 or 1'
      : high === Infinity
        ? `a whole number of at least ${low}`
        : `a whole number from ${boundIn(low, 'its bound')} to ${boundIn(high, 'its bound')}`,
    cure: 'look at what it is computed from',
    rank: 0,
    entry: (x) => Number.isInteger(x) && !(x < low) && !(x > high),
  };
  return {
    ...domain,
    closure: domain,
    kind: 'integers',
    low,
    high,
    name: isBoolean ? 'boolean' : `integers(${boundIn(low, '?')}..${boundIn(high, '?')})`,
    eventRank: 0,
    isDiscrete: true,
    ...(Number.isNaN(low + high) && { isComputed: true }),
    isWithin: (outer) => isIntegers(outer) && low >= outer.low && high <= outer.high,
    some: (shape) => tf.fill([...shape], Number.isNaN(low) ? 0 : low),
    inside: (x) => insideBounds(x, { low, high }),
  };
};

/** The integers 0 and 1. */
export const boolean: Integers<0, 1> = integers(0, 1);

/** The integers from 0 up. */
export const nonnegativeInteger: Integers<0, number> = integers(0, Infinity);

/** The integers from 1 up. */
export const positiveInteger: Integers<1, number> = integers(1, Infinity);

/** Random values of a support. */
import * as fc from 'fast-check';
import type { Distribution, Shape, Support } from '../../../../dsl/index.js';
import { sizeOf } from '../../../../dsl/tensors/shape.js';
import { numbersIn } from './number-arbitraries.js';
import { type Numbers, rowsOf, sum, toNumbers } from '../../statistics/numbers.js';
import { noiseFor } from '../../distributions/subject.js';

/** The values of every event, changed by `f`. */
const eachEvent = (
  { shape, values }: Numbers,
  width: number,
  f: (event: readonly number[]) => readonly number[],
): Numbers => ({ shape, values: rowsOf(values, width).flatMap(f) });

/**
 * Values of a shape whose right axes are events of a support: within 4 of 0, or of a bound. A bound
 * that is NaN, because it depends on a parameter, throws a `RangeError`.
 */
export const valuesWithin = (support: Support, shape: Shape): fc.Arbitrary<Numbers> => {
  const last = shape[shape.length - 1] ?? 1;
  switch (support.kind) {
    case 'real':
      return numbersIn(shape, -4, 4);
    case 'positive':
      return numbersIn(shape, 1 / 64, 4);
    case 'nonnegative':
      return numbersIn(shape, 0, 4);
    case 'interval': {
      const { low, high } = support;
      if (Number.isNaN(low + high)) {
        throw new RangeError(
          'valuesWithin: expected bounds that are numbers, but got some that depend on a ' +
            'parameter; draw from the distribution instead.',
        );
      }
      const width = Math.min(high - low, 4);
      return numbersIn(shape, 1, 63).map((at) => ({
        shape,
        values: at.values.map((v) => low + (width * v) / 64),
      }));
    }
    case 'integers': {
      const { low, high } = support;
      return fc
        .array(fc.integer({ min: low, max: Math.min(high, low + 64) }), {
          minLength: sizeOf(shape),
          maxLength: sizeOf(shape),
        })
        .map((values) => ({ shape, values }));
    }
    case 'arrayOf':
      return valuesWithin(support.base, shape);
    case 'oneHot':
      return fc
        .array(fc.nat({ max: last - 1 }), {
          minLength: sizeOf(shape) / last,
          maxLength: sizeOf(shape) / last,
        })
        .map((classes) => ({
          shape,
          values: classes.flatMap((k) => Array.from({ length: last }, (_, i) => Number(i === k))),
        }));
    case 'simplex':
      return numbersIn(shape, 1 / 8, 1).map((weights) =>
        eachEvent(weights, last, (event) => event.map((w) => w / sum(event))),
      );
    case 'lowerCholesky':
      return numbersIn(shape, -2, 2).map((entries) =>
        eachEvent(entries, last * last, (event) =>
          event.map((z, at) => {
            const [row, place] = [Math.floor(at / last), at % last];
            if (place > row) return 0;
            return place === row ? Math.abs(z) + 1 / 8 : z;
          }),
        ),
      );
  }
};

const isUnknown = (support: Support): boolean => {
  switch (support.kind) {
    case 'interval':
    case 'integers':
      return Number.isNaN(support.low + support.high);
    case 'arrayOf':
      return isUnknown(support.base);
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'simplex':
    case 'oneHot':
    case 'lowerCholesky':
      return false;
  }
};

/**
 * Values of a distribution's support, `[...left, ...batch, ...event]`, likely or not; draws of the
 * distribution where its support has bounds that depend on a parameter.
 */
export const valuesOf = (d: Distribution, left: Shape = []): fc.Arbitrary<Numbers> =>
  isUnknown(d.support)
    ? fc.nat().map((seed) => toNumbers(d.sampler.draw(noiseFor(d, left, seed)).value))
    : valuesWithin(d.support, [...left, ...d.batchShape, ...d.eventShape]);

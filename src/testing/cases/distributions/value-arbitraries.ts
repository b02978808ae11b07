/** Random values of a support. */
import * as fc from 'fast-check';
import {
  type ContinuousSupport,
  type Distribution,
  type Shape,
  type Support,
  bijectorTo,
} from '../../../../dsl/index.js';
import { entriesOf, isContinuous } from '../../../../dsl/supports/array.js';
import { isCensored } from '../../../../dsl/supports/censored.js';
import { isCountVectors } from '../../../../dsl/supports/count-vectors.js';
import { isIntegers } from '../../../../dsl/supports/integers.js';
import { sizeOf } from '../../../../dsl/tensors/shape.js';
import { numbersIn } from './number-arbitraries.js';
import { type Numbers, toNumbers, toTensor } from '../../statistics/numbers.js';
import { noiseFor } from '../../distributions/subject.js';

const classVectors = (shape: Shape): fc.Arbitrary<Numbers> => {
  const classes = shape.at(-1) ?? 1;
  const count = sizeOf(shape) / classes;
  return fc
    .array(fc.nat({ max: classes - 1 }), { minLength: count, maxLength: count })
    .map((drawn) => ({
      shape,
      values: drawn.flatMap((k) => Array.from({ length: classes }, (_, i) => Number(i === k))),
    }));
};

/** Things that fall into classes anyhow. */
const countsOf = (shape: Shape, total: number): fc.Arbitrary<Numbers> => {
  const classes = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / classes;
  const places = fc.array(fc.nat({ max: classes - 1 }), { minLength: total, maxLength: total });
  return fc.array(places, { minLength: rows, maxLength: rows }).map((all) => ({
    shape,
    values: all.flatMap((into) =>
      Array.from({ length: classes }, (_, k) => into.filter((at) => at === k).length),
    ),
  }));
};

const wholeNumbers = (shape: Shape, low: number, high: number): fc.Arbitrary<Numbers> => {
  const size = sizeOf(shape);
  return fc
    .array(fc.integer({ min: low, max: Math.min(high, low + 64) }), {
      minLength: size,
      maxLength: size,
    })
    .map((values) => ({ shape, values }));
};

/** The images of numbers from −2 to 2 under the bijector of a support. */
const imagesIn = (support: ContinuousSupport, shape: Shape): fc.Arbitrary<Numbers> => {
  const { forward, inputShape } = bijectorTo(support);
  return numbersIn(inputShape(shape), -2, 2).map((at) => toNumbers(forward(toTensor(at))));
};

/**
 * Values of a shape whose right axes are events of a support: images of numbers within 2 of 0, and of
 * discrete supports that the library knows each value alike. A bound that is NaN, because it depends on a
 * parameter, and a discrete support of your own throw a `RangeError`.
 */
export const valuesWithin = (support: Support, shape: Shape): fc.Arbitrary<Numbers> => {
  if (isCensored(support)) return valuesWithin(support.base, shape);
  const each = entriesOf(support);
  if (support.isComputed !== true) {
    if (isIntegers(each)) return wholeNumbers(shape, each.low, each.high);
    if (isCountVectors(support)) return countsOf(shape, support.total);
    if (each.kind === 'oneHot') return classVectors(shape);
    if (isContinuous(each)) return imagesIn(each, shape);
  }
  throw new RangeError(
    `valuesWithin: expected a support whose values are known, but got ${support.name}; ` +
      'draw from the distribution instead.',
  );
};

const isUnknown = (support: Support): boolean =>
  (isCensored(support) && isUnknown(support.base)) ||
  support.isComputed === true ||
  (support.isDiscrete &&
    support.kind !== 'oneHot' &&
    !isCountVectors(support) &&
    !isIntegers(entriesOf(support)));

/**
 * Values of a distribution's support, `[...left, ...batch, ...event]`, likely or not; draws of the
 * distribution where its support has bounds that depend on a parameter, or is a discrete one of your own.
 */
export const valuesOf = (d: Distribution, left: Shape = []): fc.Arbitrary<Numbers> =>
  isUnknown(d.support)
    ? fc.nat().map((seed) => toNumbers(d.sampler.draw(noiseFor(d, left, seed)).value))
    : valuesWithin(d.support, [...left, ...d.batchShape, ...d.eventShape]);

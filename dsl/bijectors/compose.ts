import * as tf from '@tensorflow/tfjs';
import { demand } from '../refusals/options.js';
import { type ArrayOf, entriesOf, isContinuous, widened } from '../supports/array.js';
import { isWithin } from '../supports/inclusion.js';
import { real } from '../supports/real.js';
import type {
  AnyBijector,
  Bijector,
  BijectorFrom,
  ContinuousSupport,
  ScalarSupport,
  Support,
} from '../supports/support.js';
import { type Tensor, sumLast } from '../tensors/tensor.js';

type Parts = readonly [AnyBijector, ...AnyBijector[]];

type CodomainOf<B> = B extends AnyBijector<infer S> ? S : never;

type LastOf<P extends Parts> = P extends readonly [...unknown[], infer L] ? L : never;

/** What a map of single numbers gives after one of vectors: arrays of its values. */
type Over<Each, Last> = Last extends ScalarSupport
  ? [Each] extends [ScalarSupport]
    ? Last
    : ArrayOf<Last>
  : Last;

/** Where the images of maps in a row lie. */
export type ComposedCodomain<P extends Parts> =
  Over<CodomainOf<P[number]>, CodomainOf<LastOf<P>>> extends infer S extends ContinuousSupport
    ? S
    : ContinuousSupport;

/** Maps in a row are from what the first is from. */
export type Composed<P extends Parts> = P[0] extends {
  readonly domain: infer D extends ContinuousSupport;
}
  ? BijectorFrom<D, ComposedCodomain<P>>
  : Bijector<ComposedCodomain<P>>;

const same = (a: Support, b: Support): boolean => isWithin(a, b) && isWithin(b, a);

/** Each map takes what the one before it gives: else what the whole is onto would not be the last one's set. */
const checkFit = (parts: readonly AnyBijector[]): void =>
  parts.slice(1).forEach((next, i) => {
    const before = parts[i];
    const given = entriesOf(before?.codomain ?? real);
    const taken = entriesOf(next.domain ?? real);
    demand(
      same(given, taken),
      'compose',
      `${next.name} to be from what ${before?.name} is onto`,
      `${taken.name} and ${given.name}`,
      'put them in another order, or a map between them',
    );
  });

/** The number of event axes of what comes before each map and after the last. */
const ranksOf = (parts: readonly AnyBijector[]): readonly number[] => {
  const gained = parts.reduce<readonly number[]>(
    (sums, { inputRank, codomain }) => [
      ...sums,
      (sums.at(-1) ?? 0) + codomain.eventRank - inputRank,
    ],
    [0],
  );
  const least = Math.max(...parts.map(({ inputRank }, i) => inputRank - (gained[i] ?? 0)));
  return gained.map((by) => least + by);
};

/** A support of continuous values with more axes, of which nothing is lost. */
const wide = (support: ContinuousSupport, rank: number): ContinuousSupport => {
  const wider = widened(support, rank);
  return isContinuous(wider) ? wider : support;
};

/** x of y under a map, and log |det J| there. */
const originAndLogDet = (part: AnyBijector, y: Tensor): readonly [Tensor, Tensor] => {
  const both = part.inverseAndLogDet?.(y);
  if (both !== undefined) return both;
  const x = part.inverse(y);
  return [x, part.logAbsDetJacobian(x)];
};

function inARow(parts: Parts): AnyBijector {
  checkFit(parts);
  const ranks = ranksOf(parts);
  const [first] = parts;
  const last = parts.at(-1) ?? first;
  const inputRank = ranks[0] ?? 0;
  const name = `compose(${parts.map((part) => part.name).join(', ')})`;
  const directions = parts.flatMap(({ direction }) => (direction ? [direction] : []));
  /** A value put just inside of the set that the map before it is onto. */
  const off = (part: AnyBijector, y: Tensor): Tensor => part.codomain.offBounds?.(y) ?? y;
  const added = (volumes: readonly Tensor[]): Tensor => volumes.reduce((a, b) => tf.add(a, b));
  /** One volume of a map for each event of the whole. */
  const overEvent = (volume: Tensor, part: AnyBijector, i: number): Tensor =>
    sumLast(volume, (ranks[i] ?? 0) - part.inputRank);
  return {
    name,
    ...(parts.every(({ key, name: own }) => key === own) && { key: name }),
    ...(first.domain && { domain: wide(first.domain, inputRank - first.inputRank) }),
    codomain: wide(last.codomain, (ranks.at(-1) ?? 0) - last.codomain.eventRank),
    parameters: parts.flatMap(({ parameters = [] }) => parameters),
    inputRank,
    ...(directions.length === parts.length &&
      inputRank === 0 && {
        direction: () => directions.reduce<Tensor>((all, of) => tf.mul(all, of()), tf.scalar(1)),
      }),
    forward: (x) => parts.reduce((at, part) => part.forward(at), x),
    inverse: (y) =>
      parts.reduceRight(
        (at, part, i) => part.inverse(i === parts.length - 1 ? at : off(part, at)),
        y,
      ),
    logAbsDetJacobian: (x) => {
      const volumes: Tensor[] = [];
      parts.reduce((at, part, i) => {
        volumes.push(overEvent(part.logAbsDetJacobian(at), part, i));
        return i === parts.length - 1 ? at : part.forward(at);
      }, x);
      return added(volumes);
    },
    inverseAndLogDet: (y) => {
      const volumes: Tensor[] = [];
      const x = parts.reduceRight((above, part, i) => {
        const at = i === parts.length - 1 ? above : off(part, above);
        const [below, volume] = originAndLogDet(part, at);
        volumes.push(overEvent(volume, part, i));
        return below;
      }, y);
      return [x, added(volumes)];
    },
    inputShape: (output) => parts.reduceRight((at, part) => part.inputShape(at), output),
    outputShape: (input) => parts.reduce((at, part) => part.outputShape(at), input),
  };
}

/**
 * Bijectors one after another, the first that is given applied first; log |det J| is the sum of theirs.
 *
 * - Shapes: an event has as many axes as the maps need together. One of single numbers before or after one of
 *   vectors is summed over theirs.
 * - Errors: a map that is from another set than the one before it is onto throws a `RangeError`: what the whole is
 *   onto would not be known.
 * - It is a map of its own name, whose draws other laws know, where each of them is.
 *
 * @example
 * ```ts
 * const b = bijectors.compose(bijectors.affine(1, 2), bijectors.exp);
 * b.forward(tf.scalar(3)).dataSync()[0]; // Math.exp(7)
 * b.logAbsDetJacobian(tf.scalar(3)).dataSync()[0]; // Math.log(2) + 7
 * ```
 */
export function compose<P extends Parts>(...parts: P): Composed<P>;
export function compose(...parts: Parts): AnyBijector {
  return inARow(parts);
}

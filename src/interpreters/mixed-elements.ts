/**
 * Whether terms mix the elements of a site in a plate, as a sum or a neighbour does: then its elements cannot be
 * summed over apart from each other. Found by changing single elements and looking at which terms move.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { sizeOf } from '../../dsl/tensors/shape.js';
import { indexOf } from './element.js';
import type { SiteRecord } from './record.js';
import { overPlates, siteLogProb } from './score-record.js';

/** A site with finitely many values, as a run shows it. */
export interface FiniteSite {
  readonly plates: readonly PlacedPlate[];
  /** All values, `[V, ...event]`. */
  readonly values: Tensor;
}

/** A term at each element of its plates. */
interface TermNumbers {
  readonly plates: readonly PlacedPlate[];
  readonly numbers: ArrayLike<number>;
}

const termsOf = (records: readonly SiteRecord[]): readonly TermNumbers[] =>
  records.flatMap((r) =>
    r.kind === 'sample' || r.kind === 'factor'
      ? [{ plates: r.plates, numbers: overPlates(r, siteLogProb(r)).dataSync() }]
      : [],
  );

/** The index of an element along each plate by name. */
const placeAt = (plates: readonly PlacedPlate[], flat: number): ReadonlyMap<string, number> => {
  const index = indexOf(platesShape(plates), flat);
  return new Map(plates.map((p) => [p.name, index[index.length + p.axis] ?? 0]));
};

/** Rounding of sums in another order. */
const SLACK = 1e-5;

const moves = (a: number, b: number): boolean =>
  !Object.is(a, b) && !(Math.abs(a - b) <= SLACK * Math.max(1, Math.abs(a), Math.abs(b)));

/** Whether a change of one element moves a term at another. */
const reachesOthers = (
  site: FiniteSite,
  changed: number,
  before: readonly TermNumbers[],
  after: readonly TermNumbers[],
): boolean => {
  const own = placeAt(site.plates, changed);
  return before.some(({ plates, numbers }, term) =>
    Array.from(numbers).some((value, flat) => {
      if (!moves(value, after[term]?.numbers[flat] ?? Number.NaN)) return false;
      const place = placeAt(plates, flat);
      return [...own].some(([name, at]) => place.get(name) !== at);
    }),
  );
};

/** Values to begin with, as places in the list: all the first, all the last, and one after another. */
const starts = (elements: number, count: number): readonly (readonly number[])[] => [
  Array.from({ length: elements }, () => 0),
  Array.from({ length: elements }, () => count - 1),
  Array.from({ length: elements }, (_, i) => (i * 7 + 3) % count),
];

/** Whether terms mix the elements of a site; `runAt` runs its programs at values of the site, all else the same. */
export const mixesElements = (
  site: FiniteSite,
  runAt: (value: Tensor) => readonly SiteRecord[],
): boolean => {
  const around = platesShape(site.plates);
  const elements = sizeOf(around);
  const [count = 1, ...event] = site.values.shape;
  if (elements === 1 || count === 1) return false;
  const valueOf = (places: readonly number[]): Tensor =>
    tf.reshape(tf.gather(site.values, tf.tensor1d([...places], 'int32')), [...around, ...event]);
  return starts(elements, count).some((start) => {
    const before = termsOf(runAt(valueOf(start)));
    return [0, elements - 1].some((changed) => {
      const other = start.with(changed, ((start[changed] ?? 0) + 1) % count);
      return reachesOthers(site, changed, before, termsOf(runAt(valueOf(other))));
    });
  });
};

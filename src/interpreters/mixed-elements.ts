/**
 * Whether terms mix the elements of a site in a plate, as a sum or a neighbour does: then its elements cannot be
 * summed over apart from each other. Read off the graph: no value of the site is special.
 */
import type { Tensor } from '../../dsl/index.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { sizeOf } from '../../dsl/tensors/shape.js';
import { type Labels, NONE, SEVERAL } from '../kernels/reach.js';
import { type Moving, elementsBehind } from '../transform/elements-behind.js';
import { indexOf } from './element.js';
import type { SiteRecord } from './record.js';
import { overPlates, siteLogProb } from './score-record.js';

/** The index of an element along each plate by name. */
const placeAt = (plates: readonly PlacedPlate[], flat: number): ReadonlyMap<string, number> => {
  const index = indexOf(platesShape(plates), flat);
  return new Map(plates.map((p) => [p.name, index[index.length + p.axis] ?? 0]));
};

/** Whether a term at some element was computed from another element of the site. */
const takesOthers = (
  site: readonly PlacedPlate[],
  plates: readonly PlacedPlate[],
  labels: Labels,
): boolean =>
  labels.some((label, flat) => {
    if (label === NONE) return false;
    if (label === SEVERAL) return true;
    const place = placeAt(plates, flat);
    return [...placeAt(site, label - 1)].some(([name, at]) => place.get(name) !== at);
  });

/**
 * Whether terms mix the elements of a site in these plates, whose value is `value`, while all of it is recorded: at any
 * numbers of what is `moving`, by which a term may choose the element that it takes.
 */
export const mixesElements = (
  value: Tensor,
  site: readonly PlacedPlate[],
  records: readonly SiteRecord[],
  moving: Moving,
): boolean => {
  const elements = sizeOf(platesShape(site));
  if (elements === 1) return false;
  const entries = value.size / elements;
  const own = Int32Array.from({ length: value.size }, (_, i) => Math.floor(i / entries) + 1);
  const terms = records.filter((r) => r.kind === 'sample' || r.kind === 'factor');
  const found = elementsBehind(
    value,
    own,
    terms.map((r) => overPlates(r, siteLogProb(r))),
    moving,
  );
  return terms.some(({ plates }, i) => takesOthers(site, plates, found[i] ?? own));
};

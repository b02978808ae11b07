/** Single elements of the tensors of a run: which particle, plate elements and entry they belong to. */
import type { Distribution, Tensor } from '../../dsl/index.js';
import { isDistribution } from '../../dsl/distribution.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';

/** The place of an element among a run's axes. */
export interface Place {
  readonly particle?: number;
  /** The index along each plate by name. */
  readonly plates: Readonly<Record<string, number>>;
  /** Its index within one event; empty for a scalar event. */
  readonly entry: readonly number[];
}

/** A flat, row-major position as an index along each axis. */
export const indexOf = (shape: readonly number[], flat: number): readonly number[] =>
  shape.map((n, i) => Math.floor(flat / shape.slice(i + 1).reduce((a, b) => a * b, 1)) % n);

/** What the index of an element of `[...plates, ...event]` means. */
export const placeOf = (
  index: readonly number[],
  eventRank: number,
  plates: readonly PlacedPlate[],
): Omit<Place, 'particle'> => {
  const batch = index.slice(0, index.length - eventRank);
  return {
    plates: Object.fromEntries(
      plates.flatMap((p) => {
        const at = batch[batch.length + p.axis];
        // Of a subsample, which of all elements it is.
        return at === undefined ? [] : [[p.name, p.indices?.dataSync()[at] ?? at]];
      }),
    ),
    entry: index.slice(index.length - eventRank),
  };
};

/** The numbers of `x` at an index of its axes, aligned from the right, that leaves out the last `own`. */
export const valuesAt = (x: Tensor, batch: readonly number[], own: number): readonly number[] => {
  const shape = x.shape.slice(0, Math.max(0, x.rank - own));
  const size = x.shape.slice(shape.length).reduce((a, b) => a * b, 1);
  const row = shape.reduce((flat, n, axis) => {
    const at = batch[batch.length - shape.length + axis] ?? 0;
    return flat * n + (n === 1 ? 0 : at);
  }, 0);
  return Array.from(x.dataSync().subarray(row * size, (row + 1) * size));
};

/** A tensor that a distribution was made from, and how many of its last axes belong to one law. */
export interface NamedParameter {
  readonly name: string;
  readonly tensor: Tensor;
  readonly own: number;
}

const isTensor = (x: unknown): x is Tensor =>
  typeof x === 'object' && x !== null && 'dataSync' in x && 'rank' in x;

const ownAxes = (d: Distribution, name: string): number => {
  switch (d.family.tag) {
    case 'MultivariateNormal':
      return name === 'scaleTril' ? 2 : 1;
    case 'Categorical':
    case 'Beta':
    case 'Dirichlet':
      return 1;
    case 'Delta':
    case 'Custom':
      return d.eventShape.length;
    default:
      return 0;
  }
};

/** Axes that a distribution inside a combinator has more of than the whole has in its batch. */
const innerAxes = (d: Distribution, name: string): number => {
  switch (d.family.tag) {
    case 'Independent':
      return d.family.rank;
    case 'Mixture':
      return name === 'component' ? 1 : 0;
    default:
      return 0;
  }
};

const tensorsIn = (name: string, field: unknown): readonly (readonly [string, Tensor])[] => {
  if (isTensor(field)) return [[name, field]];
  if (Array.isArray(field)) return field.flatMap((x, i) => tensorsIn(`${name}[${i}]`, x));
  if (typeof field !== 'object' || field === null) return [];
  return Object.entries(field).flatMap(([key, x]: readonly [string, unknown]) => tensorsIn(key, x));
};

/** Parameters by name, those of distributions inside a combinator among them. */
export const namedParameters = (d: Distribution): readonly NamedParameter[] =>
  Object.entries(d.family).flatMap(([name, field]: readonly [string, unknown]) => {
    if (isDistribution(field)) {
      const more = innerAxes(d, name);
      return namedParameters(field).map((p) => ({ ...p, own: p.own + more }));
    }
    return tensorsIn(name, field).map(([label, tensor]) => ({
      name: label,
      tensor,
      own: ownAxes(d, label),
    }));
  });

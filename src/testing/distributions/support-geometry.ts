/** Supports as sets of numbers: membership, and coordinates in which they have Lebesgue measure. */
import type { Support } from '../../../dsl/index.js';

/** Relative slack of sums and bounds in float32. */
const ROUNDING = 1e-5;

const numberWithin = (support: Support, z: number): boolean => {
  switch (support.kind) {
    case 'real':
      return Number.isFinite(z);
    case 'positive':
      return z > 0 && z < Infinity;
    case 'nonnegative':
      return z >= 0 && z < Infinity;
    case 'interval':
      // Rounding can reach a bound; a bound that is NaN is only known to the distribution.
      return Number.isFinite(z) && !(z < support.low) && !(z > support.high);
    case 'integers':
      return Number.isInteger(z) && !(z < support.low) && !(z > support.high);
    case 'arrayOf':
      return numberWithin(support.base, z);
    case 'simplex':
      return z >= 0 && z <= 1;
    case 'oneHot':
      return z === 0 || z === 1;
    case 'lowerCholesky':
      return Number.isFinite(z);
  }
};

/**
 * Whether an event, row-major, lies in a support. Bounds of an interval count as inside, and a sum
 * of probabilities may be off by 1e-5, both for rounding.
 */
export const isInside = (support: Support, event: readonly number[]): boolean => {
  if (!event.every((z) => numberWithin(support, z))) return false;
  switch (support.kind) {
    case 'oneHot':
      return event.reduce((a, b) => a + b, 0) === 1;
    case 'simplex':
      return Math.abs(event.reduce((a, b) => a + b, 0) - 1) <= ROUNDING;
    case 'lowerCholesky': {
      const k = Math.round(Math.sqrt(event.length));
      return event.every((z, i) => {
        const [row, place] = [Math.floor(i / k), i % k];
        return place > row ? z === 0 : place < row || z > 0;
      });
    }
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'interval':
    case 'integers':
    case 'arrayOf':
      return true;
  }
};

/** Which entries of an event are its free coordinates: the others follow from them. */
export const freePlaces = (support: Support, size: number): readonly number[] => {
  const places = Array.from({ length: size }, (_, i) => i);
  switch (support.kind) {
    case 'simplex':
      return places.slice(0, -1);
    case 'lowerCholesky': {
      const k = Math.round(Math.sqrt(size));
      return places.filter((i) => i % k <= Math.floor(i / k));
    }
    case 'real':
    case 'positive':
    case 'nonnegative':
    case 'interval':
    case 'integers':
    case 'oneHot':
    case 'arrayOf':
      return places;
  }
};

/**
 * An event in coordinates whose ranges do not depend on each other: the log odds of each share of a
 * simplex against all that come after it, and any other free entry as it is.
 */
export const coordinatesOf = (support: Support, event: readonly number[]): readonly number[] => {
  const places = freePlaces(support, event.length);
  if (support.kind !== 'simplex') return places.map((i) => event[i] ?? Number.NaN);
  const after = (i: number): number => event.slice(i + 1).reduce((a, b) => a + b, 0);
  return places.map((i) => Math.log((event[i] ?? Number.NaN) / after(i)));
};

const share = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/** The event with these coordinates; it may lie outside the support. */
export const eventAt = (
  support: Support,
  size: number,
  coordinates: readonly number[],
): readonly number[] => {
  if (support.kind === 'simplex') {
    const left = coordinates.reduce<readonly number[]>(
      (rest, u, i) => [...rest, (rest[i] ?? Number.NaN) * share(-u)],
      [1],
    );
    return left.map((rest, i) => rest * share(coordinates[i] ?? Infinity));
  }
  const places = freePlaces(support, size);
  return Array.from({ length: size }, (_, i) => coordinates[places.indexOf(i)] ?? 0);
};

/** The volume of free entries that a unit of the coordinates takes, at an event. */
export const stretchAt = (support: Support, event: readonly number[]): number =>
  support.kind === 'simplex'
    ? coordinatesOf(support, event).reduce((v, u, i) => v * (event[i] ?? 0) * share(-u), 1)
    : 1;

/** How far an event can be from the edge of its support, entry by entry, at the least. */
export const distanceToEdge = (support: Support, event: readonly number[]): number => {
  switch (support.kind) {
    case 'real':
    case 'integers':
    case 'oneHot':
      return Infinity;
    case 'positive':
    case 'nonnegative':
    case 'simplex':
      return Math.min(...event);
    case 'interval': {
      const gaps = event.flatMap((z) => [z - support.low, support.high - z]);
      return Math.min(...gaps.map((gap) => (Number.isNaN(gap) ? Infinity : gap)));
    }
    case 'lowerCholesky': {
      const k = Math.round(Math.sqrt(event.length));
      return Math.min(...event.filter((_, i) => i % k === Math.floor(i / k)));
    }
    case 'arrayOf':
      return distanceToEdge(support.base, event);
  }
};

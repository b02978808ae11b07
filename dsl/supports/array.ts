/** Arrays of numbers that each lie in one support. */
import type { ContinuousSupport, ScalarSupport, Support } from './support.js';
import { isWithin } from './inclusion.js';
import { type Real, real } from './real.js';

/** Arrays of `rank` axes whose every entry lies in `base`. */
export interface ArrayOf<S extends ScalarSupport = ScalarSupport> extends Support<'arrayOf'> {
  readonly kind: 'arrayOf';
  readonly base: S;
  readonly bijector: S['bijector'];
}

/** Whether a support is one of arrays, whose entries' support can then be read. */
export const isArray = (support: Support): support is ArrayOf => support.kind === 'arrayOf';

/** Whether a support is one of single numbers. */
export const isScalar = (support: Support): support is ScalarSupport => support.eventRank === 0;

/** Whether a support has a bijector from unconstrained space. */
export const isContinuous = (support: Support): support is ContinuousSupport =>
  support.bijector !== undefined;

/** Where single entries of a value lie, where they tell. */
export const entriesOf = (support: Support): Support => (isArray(support) ? support.base : support);

/**
 * Arrays of `rank` axes with entries in `base`, which are judged one by one.
 *
 * @example
 * ```ts
 * arrayOf(positive, 2).eventRank; // 2
 * arrayOf(positive, 2).name; // 'array of rank 2 over positive'
 * ```
 */
export const arrayOf = <S extends ScalarSupport>(base: S, rank = 1): ArrayOf<S> => ({
  words: base.words,
  cure: base.cure,
  rank: base.rank,
  entry: base.entry,
  closure: base.closure,
  isDiscrete: base.isDiscrete,
  ...(base.isComputed && { isComputed: true }),
  some: base.some,
  ...(base.inside && { inside: base.inside }),
  ...(base.room && { room: base.room }),
  ...(base.offBounds && { offBounds: base.offBounds }),
  bijector: base.bijector,
  kind: 'arrayOf',
  base,
  name: `array of rank ${rank} over ${base.name}`,
  eventRank: rank,
  isWithin: (outer) => isArray(outer) && outer.eventRank === rank && isWithin(base, outer.base),
});

/** Vectors of real numbers. */
export const realVector: ArrayOf<Real> = arrayOf(real, 1);

/** The support of an event that gained axes. */
export type IndependentSupport<S> = S extends ScalarSupport ? ArrayOf<S> : S;

/** The support of values that have `rank` axes more; one whose entries belong together stays. */
export const widened = (support: Support, rank: number): Support => {
  if (rank === 0) return support;
  if (isScalar(support)) return arrayOf(support, rank);
  return isArray(support) ? arrayOf(support.base, support.eventRank + rank) : support;
};

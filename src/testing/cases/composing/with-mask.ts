/** Cases of which some observations are masked. */
import * as fc from 'fast-check';
import * as t from 'io-ts';
import type { BoundCase } from '../bound-case.js';
import { decodeSketch, wholeFrom } from '../decode-sketch.js';
import { recipeCodec } from './changed-case.js';
import type { Maskable } from './maskable.js';
import type { FromSketch } from '../from-sketch.js';

const GENERATOR = 'withMask';

const sketchCodec = t.type({ of: recipeCodec, hidden: t.array(wholeFrom(0)) });

const masked = <C extends BoundCase>(
  inner: BoundCase & Maskable<C>,
  hidden: readonly number[],
): C => {
  const places = hidden.map((i) => i % inner.observations);
  const kept = Array.from({ length: inner.observations }, (_, i) => !places.includes(i));
  const recipe = { generator: GENERATOR, sketch: { of: inner.recipe, hidden } };
  return { ...inner.masked(kept), recipe };
};

/**
 * Cases with some of their observations masked: evidence, posterior and guide are made anew, for what is
 * left. It takes cases that know themselves with a mask (`Maskable`), as `conjugatePairs` and
 * `discreteGraphs` do, and gives such cases again.
 *
 * @example
 * ```ts
 * const cases = withMask(conjugatePairs({ masked: 0 }));
 * const [masked] = fc.sample(cases, { numRuns: 1, seed: 1 });
 * masked?.features.includes('mask'); // true
 * fc.assert(
 *   fc.property(cases, (c) => checkExactGuide({ ...c, guide: c.posterior })),
 *   { numRuns: 3 },
 * );
 * ```
 */
export const withMask = <C extends BoundCase>(
  cases: fc.Arbitrary<BoundCase & Maskable<C>>,
): fc.Arbitrary<C> =>
  fc
    .tuple(cases, fc.uniqueArray(fc.nat({ max: 63 }), { minLength: 1, maxLength: 3 }))
    .map(([inner, hidden]) => masked(inner, hidden));

const isMaskable = (c: BoundCase): c is BoundCase & Maskable<BoundCase> =>
  'masked' in c && typeof c.masked === 'function' && 'observations' in c;

/** The case of a sketch of `withMask`; what is none throws a `RangeError`. */
export const maskedFromSketch: FromSketch = (sketch, again) => {
  const { of, hidden } = decodeSketch(GENERATOR, sketchCodec, sketch);
  const inner = again(of);
  if (isMaskable(inner)) return masked(inner, hidden);
  throw new RangeError(
    `${GENERATOR}: expected a case that can be masked, but got one of '${of.generator.slice(0, 80)}'; ` +
      'mask those of conjugatePairs and discreteGraphs.',
  );
};

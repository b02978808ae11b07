/** Cases with a number of particles. */
import * as fc from 'fast-check';
import * as t from 'io-ts';
import { checkOptions, demand, whole } from '../../../../dsl/refusals/options.js';
import type { BoundCase } from '../bound-case.js';
import { decodeSketch, wholeFrom } from '../decode-sketch.js';
import type { FromSketch } from '../from-sketch.js';
import { recipeCodec } from './changed-case.js';

const GENERATOR = 'withParticles';

const sketchCodec = t.type({ of: recipeCodec, particles: wholeFrom(1) });

/** From how many particles to how many. */
export interface ParticleRange {
  /** 1 where left out. */
  readonly min?: number;
  /** 16 where left out. */
  readonly max?: number;
}

const complete = <C extends BoundCase>(
  inner: C,
  particles: number,
): C & { readonly particles: number } => ({
  ...inner,
  particles,
  recipe: { generator: GENERATOR, sketch: { of: inner.recipe, particles } },
});

/**
 * Cases with a number of particles for laws of bounds that take some, small numbers more often than large
 * ones: `particles` of the case.
 *
 * @example
 * ```ts
 * const cases = withParticles(conjugatePairs(), { min: 2, max: 8 });
 * fc.assert(fc.property(cases, ({ particles }) => particles >= 2 && particles <= 8));
 * ```
 */
export const withParticles = <C extends BoundCase>(
  cases: fc.Arbitrary<C>,
  range: ParticleRange = {},
): fc.Arbitrary<C & { readonly particles: number }> => {
  checkOptions(GENERATOR, range, { min: whole(), max: whole() });
  const { min = 1, max = Math.max(16, min) } = range;
  const cure = 'exchange them';
  demand(min <= max, GENERATOR, `max of at least min, ${min}`, max, cure);
  // Evenly over orders of magnitude.
  const counts = fc
    .integer({ min: 0, max: Math.round(8 * Math.log2(max / min)) })
    .map((eighths) => Math.min(max, Math.round(min * 2 ** (eighths / 8))));
  return fc.tuple(cases, counts).map(([inner, particles]) => complete(inner, particles));
};

/** The case of a sketch of `withParticles`; what is none throws a `RangeError`. */
export const particlesFromSketch: FromSketch = (sketch, again) => {
  const { of, particles } = decodeSketch(GENERATOR, sketchCodec, sketch);
  return complete(again(of), particles);
};

/** The generators of this kit together: models whose answers are known, of every kind. */
import * as fc from 'fast-check';
import { anything, checkOptions } from '../../../dsl/refusals/options.js';
import type { BoundCase } from './bound-case.js';
import {
  type ParticleRange,
  withFactor,
  withMask,
  withNetwork,
  withParticles,
} from './composing/index.js';
import { conjugatePairs } from './conjugate/index.js';
import { discreteGraphs } from './discrete/index.js';
import { type GapRange, USUAL_GAP, gapRule } from './gap-range.js';
import { linearGaussian } from './linear-gaussian/index.js';

/** What is asked of the cases. */
export interface BoundCaseOptions {
  /** KL(guide ‖ posterior), nats: a number or { min, max }, from 0.25 to 4 where left out. */
  readonly gap?: GapRange;
  /** The least of the largest correlation between two latent numbers; any where left out. */
  readonly correlation?: number;
  /** How many particles the cases have, from 1 to 16 where left out. */
  readonly particles?: ParticleRange;
}

/** The largest correlation that is asked of a linear-Gaussian model; above it float32 loses digits. */
const LARGEST = 0.95;

/**
 * Random models with a guide, of every kind whose evidence, posterior and gap are exact: linear-Gaussian
 * ones, conjugate pairs and discrete graphs, as they are and changed by masks, factors and networks, each
 * with a number of particles.
 *
 * Where a correlation is asked for there are no conjugate pairs, whose latent values are independent given
 * the data; some discrete graphs are too small for what is asked, and have as much as they can.
 *
 * - Features: each that `Feature` lists is in one case of fifty at least (`coverageOf`).
 * - Errors: options out of range throw a `RangeError`.
 *
 * @example
 * ```ts
 * fc.assert(property(checkSupports, boundCases()), { numRuns: 3 });
 * const strong = fc.sample(boundCases({ correlation: 0.6 }), { numRuns: 20, seed: 1 });
 * strong.filter(({ correlation = 0 }) => correlation > 0.5).length > 10; // true
 * ```
 */
export const boundCases = (options: BoundCaseOptions = {}): fc.Arbitrary<BoundCase> => {
  checkOptions('boundCases', options, {
    gap: gapRule,
    correlation: {
      expected: `a number from 0 to ${LARGEST}`,
      holds: (value) => typeof value === 'number' && value >= 0 && value <= LARGEST,
      cure: 'pass 0.5, say',
    },
    particles: anything,
  });
  const { gap = USUAL_GAP, correlation, particles = {} } = options;
  const gaussian: fc.Arbitrary<BoundCase> = linearGaussian({
    gap,
    ...(correlation !== undefined && {
      correlation: { min: correlation, max: Math.max(LARGEST, correlation) },
    }),
  });
  const discrete = discreteGraphs({ gap, ...(correlation !== undefined && { correlation }) });
  const pairs = conjugatePairs({ gap });
  const finite: fc.Arbitrary<BoundCase> = discrete;
  const some: fc.Arbitrary<BoundCase> =
    correlation === undefined
      ? fc.oneof(gaussian, finite, pairs)
      : fc.oneof({ weight: 2, arbitrary: gaussian }, { weight: 1, arbitrary: finite });
  const masked: fc.Arbitrary<BoundCase> =
    correlation === undefined ? fc.oneof(withMask(pairs), withMask(discrete)) : withMask(discrete);
  // A counterexample that needs no change shrinks to one without.
  const changed = fc.oneof(
    { withCrossShrink: true },
    { weight: 5, arbitrary: some },
    { weight: 1, arbitrary: masked },
    { weight: 1, arbitrary: withFactor(some) },
    { weight: 2, arbitrary: withNetwork(some) },
    { weight: 1, arbitrary: withNetwork(withFactor(fc.oneof(some, masked))) },
  );
  return withParticles(changed, particles);
};

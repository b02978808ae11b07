/** Cases that show what is wrong with an objective: few joint states, large gaps, shared plates. */
import * as fc from 'fast-check';
import type { BoundCase, Feature } from './bound-case.js';
import { discreteGraphs } from './discrete/index.js';
import { linearGaussian } from './linear-gaussian/index.js';

const discrete = { masked: 0, cells: 0, gap: { min: 1, max: 2 } } as const;
const gaussian = { masks: false, factors: false, ragged: false, gap: { min: 1, max: 2 } } as const;
const one = { min: 1, max: 1 } as const;

/** A generator, and what a case of it must have. */
interface Source {
  readonly cases: fc.Arbitrary<BoundCase>;
  readonly features: readonly Feature[];
}

/** Sources, in the order in which cases are taken from them. */
const SOURCES: readonly Source[] = [
  // Draws of one bit: the mean over many particles is a sum of few terms.
  {
    cases: discreteGraphs({ ...discrete, outside: 0, inside: 1, classes: 2, elements: 1 }),
    features: ['all sites in a plate', 'guide parameters'],
  },
  // Two data with a bit each.
  {
    cases: discreteGraphs({ ...discrete, outside: 0, inside: 1, classes: 2, elements: 2 }),
    features: ['all sites in a plate', 'subsampled plate', 'guide parameters'],
  },
  // One number: gradients that pass through a draw, by quadrature.
  {
    cases: linearGaussian({
      ...gaussian,
      outside: 0,
      inside: { min: 2, max: 2 },
      latents: one,
      elements: one,
      entries: one,
      plates: one,
    }),
    features: ['all sites in a plate', 'model parameters', 'guide parameters'],
  },
  // One weight for all data.
  {
    cases: discreteGraphs({ ...discrete, outside: 1, inside: 0, classes: 3 }),
    features: ['model parameters', 'guide parameters'],
  },
  // Two latent numbers that are correlated.
  {
    cases: linearGaussian({ ...gaussian, inside: 0, plates: 0, latents: { min: 2, max: 2 } }),
    features: ['strong correlation'],
  },
];

const sampled = ({ cases, features }: Source, seed: number): BoundCase => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = fc
      .sample(cases, { numRuns: 4, seed: seed + attempt })
      .find((c) => features.every((f) => c.features.includes(f)));
    if (found !== undefined) return found;
  }
  throw new Error(`objectiveCases: found no case with ${features.join(', ')}; try another seed.`);
};

/**
 * The cases of `checkObjective`, as many as asked for, which follow from a seed: a bit for a datum, two data
 * with a bit each, a normal number for a datum, a site that all data share, two numbers that are correlated,
 * and so on again, with gaps of one to two nats. Made once, they serve many objectives.
 *
 * - Errors: none.
 *
 * @example
 * ```ts
 * const cases = objectiveCases(5, 1);
 * cases.map((c) => c.features.includes('discrete')); // [true, true, false, true, false]
 * cases.every(({ gap = 0 }) => gap >= 1 && gap <= 2); // true
 * ```
 */
export const objectiveCases = (count: number, seed: number): readonly BoundCase[] =>
  Array.from({ length: count }, (_, i) => {
    const [source] = SOURCES.slice(i % SOURCES.length);
    return source === undefined ? [] : [sampled(source, seed + i)];
  }).flat();

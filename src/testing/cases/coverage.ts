/** What the cases of a run were like: features, sizes, correlations, gaps, particles. */
import type * as fc from 'fast-check';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { SampleStructure, Structure } from '../../bounds/dependence/structure.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { trialOf } from '../law/inference.js';
import type { BoundCase, Feature } from './bound-case.js';

/** From the least to the largest, with what a quarter, half and three quarters of them are at most. */
export interface Range {
  readonly least: number;
  readonly quarter: number;
  readonly median: number;
  readonly threeQuarters: number;
  readonly most: number;
}

/** What cases were covered. */
export interface Coverage {
  readonly models: number;
  /** How many of them have each feature, the commonest first. */
  readonly features: readonly { readonly feature: Feature; readonly models: number }[];
  /** Features that none has. */
  readonly missing: readonly Feature[];
  /** Numbers that are latent, and that are observed. */
  readonly latent: Range;
  readonly observed: Range;
  /** The largest correlation of two latent numbers under the posterior, of the models where it is known. */
  readonly correlation?: Range;
  /** KL(guide ‖ posterior) in nats, where it is known. */
  readonly gap?: Range;
  /** Particles, where cases have them. */
  readonly particles?: Range;
}

/** A line for each feature there is: the compiler asks for one that is new. */
const every: Readonly<Record<Feature, true>> = {
  continuous: true,
  discrete: true,
  plate: true,
  'nested plates': true,
  'ragged plate': true,
  'crossed plates': true,
  'subsampled plate': true,
  'all sites in a plate': true,
  mask: true,
  factor: true,
  'model parameters': true,
  'guide parameters': true,
  network: true,
  kink: true,
  'strong correlation': true,
  'large gap': true,
};

const isFeature = (name: string): name is Feature => Object.hasOwn(every, name);

/** The range of numbers; nothing of none. */
export const rangeOf = (numbers: readonly number[]): Range | undefined => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  if (sorted.length === 0) return undefined;
  return {
    least: at(0),
    quarter: at(0.25),
    median: at(0.5),
    threeQuarters: at(0.75),
    most: at(1),
  };
};

const isSample = (site: Structure['model'][number]): site is SampleStructure =>
  site.kind === 'latent' || site.kind === 'observed';

const numbersOf = (structure: Structure, kind: 'latent' | 'observed'): number =>
  structure.model
    .filter(isSample)
    .filter((site) => site.kind === kind)
    .reduce((sum, s) => sum + s.plates.reduce((n, p) => n * p.count, sizeOf(s.eventShape)), 0);

const none: Range = { least: 0, quarter: 0, median: 0, threeQuarters: 0, most: 0 };

/**
 * What these cases are like: how many have each feature, which none has, and ranges of their latent and
 * observed numbers, of correlation, gap and particles.
 *
 * @example
 * ```ts
 * const cases = fc.sample(discreteGraphs({ outside: 1, inside: 0, gap: 2 }), { numRuns: 8, seed: 1 });
 * const { models, gap, features } = coverageOf(cases);
 * [models, gap?.least.toFixed(3), gap?.most.toFixed(3)]; // [8, '2.000', '2.000']
 * features.some(({ feature }) => feature === 'continuous'); // false
 * ```
 */
export const coverageOf = (cases: readonly BoundCase[]): Coverage => {
  const sizes: { readonly latent: number; readonly observed: number }[] = [];
  for (const subject of cases) {
    tidied(
      () => {
        const { structure } = trialOf(subject);
        sizes.push({
          latent: numbersOf(structure, 'latent'),
          observed: numbersOf(structure, 'observed'),
        });
        return true;
      },
      () => [],
    );
  }
  const counts = Object.keys(every)
    .filter(isFeature)
    .map((feature) => ({
      feature,
      models: cases.filter((c) => c.features.includes(feature)).length,
    }));
  const correlation = rangeOf(cases.flatMap((c) => c.correlation ?? []));
  const gap = rangeOf(cases.flatMap((c) => c.gap ?? []));
  const particles = rangeOf(cases.flatMap((c) => c.particles ?? []));
  return {
    models: cases.length,
    features: counts.filter((f) => f.models > 0).toSorted((a, b) => b.models - a.models),
    missing: counts.flatMap(({ feature, models }) => (models === 0 ? [feature] : [])),
    latent: rangeOf(sizes.map((s) => s.latent)) ?? none,
    observed: rangeOf(sizes.map((s) => s.observed)) ?? none,
    ...(correlation && { correlation }),
    ...(gap && { gap }),
    ...(particles && { particles }),
  };
};

const WIDTH = 24;

const rangeLine = (name: string, range: Range | undefined, digits: number): readonly string[] =>
  range === undefined
    ? []
    : [
        name.padEnd(WIDTH) +
          [range.least, range.quarter, range.median, range.threeQuarters, range.most]
            .map((x) => x.toFixed(digits).padStart(9))
            .join(''),
      ];

/**
 * The coverage as a table: a line for each feature with the number of cases that have it, those that are
 * missing as 0, then quartiles.
 *
 * @example
 * ```ts
 * const cases = fc.sample(conjugatePairs(), { numRuns: 5, seed: 1 });
 * const lines = showCoverage(coverageOf(cases)).split('\n');
 * lines[0]; // '5 models'
 * lines.some((line) => line.startsWith('discrete') && line.endsWith(' 0')); // true
 * ```
 */
export const showCoverage = ({ models, features, missing, ...ranges }: Coverage): string =>
  [
    `${models} models`,
    ...features.map((f) => f.feature.padEnd(WIDTH) + String(f.models).padStart(9)),
    ...missing.map((feature) => feature.padEnd(WIDTH) + '0'.padStart(9)),
    ''.padEnd(WIDTH) + ['least', '1/4', 'median', '3/4', 'most'].map((x) => x.padStart(9)).join(''),
    ...rangeLine('latent numbers', ranges.latent, 0),
    ...rangeLine('observed numbers', ranges.observed, 0),
    ...rangeLine('largest correlation', ranges.correlation, 3),
    ...rangeLine('gap, nats', ranges.gap, 3),
    ...rangeLine('particles', ranges.particles, 0),
  ].join('\n');

/**
 * Cases with an account of those that a run of fast-check made, shrunk ones among them: `cases` goes in
 * the place of the generator, and `covered()` says afterwards what they were like.
 *
 * @example
 * ```ts
 * const { cases, covered } = covering(conjugatePairs());
 * fc.assert(property(checkSupports, cases), { numRuns: 4 });
 * covered().models >= 4; // true
 * ```
 */
export const covering = <C extends BoundCase>(
  generator: fc.Arbitrary<C>,
): { readonly cases: fc.Arbitrary<C>; readonly covered: () => Coverage } => {
  const seen: C[] = [];
  return {
    cases: generator.map((c) => {
      seen.push(c);
      return c;
    }),
    covered: () => coverageOf(seen),
  };
};

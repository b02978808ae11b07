/** What some cases are like: features, sizes, correlations. */
import * as tf from '@tensorflow/tfjs';
import { sizeOf } from '../../../dsl/shape.js';
import type { SampleStructure, Structure } from '../../bounds/structure.js';
import type { BoundCase, Feature } from '../cases/bound-case.js';
import { trialOf } from '../law/inference.js';

/** From the least to the largest, with what half of them are at most. */
export interface Range {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** What cases were covered. */
export interface Coverage {
  readonly models: number;
  /** How many of them have each feature, the commonest first. */
  readonly features: readonly { readonly feature: Feature; readonly models: number }[];
  /** Numbers that are latent, and that are observed. */
  readonly latent: Range;
  readonly observed: Range;
  /** The largest correlation of two latent numbers under the posterior, of the models where it is known. */
  readonly correlation?: Range;
}

/** The range of numbers; nothing of none. */
export const rangeOf = (numbers: readonly number[]): Range | undefined => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return least === undefined || most === undefined || median === undefined
    ? undefined
    : { least, median, most };
};

const isSample = (site: Structure['model'][number]): site is SampleStructure =>
  site.kind === 'latent' || site.kind === 'observed';

const numbersOf = (structure: Structure, kind: 'latent' | 'observed'): number =>
  structure.model
    .filter(isSample)
    .filter((site) => site.kind === kind)
    .reduce((sum, s) => sum + s.plates.reduce((n, p) => n * p.count, sizeOf(s.eventShape)), 0);

const none: Range = { least: 0, median: 0, most: 0 };

/** What these cases are like. */
export const coverageOf = (cases: readonly BoundCase[]): Coverage => {
  const sizes: { readonly latent: number; readonly observed: number }[] = [];
  for (const subject of cases) {
    tf.tidy(() => {
      const { structure } = trialOf(subject);
      sizes.push({
        latent: numbersOf(structure, 'latent'),
        observed: numbersOf(structure, 'observed'),
      });
    });
  }
  const names = [...new Set(cases.flatMap(({ features }) => features))];
  const features = names.map((feature) => ({
    feature,
    models: cases.filter((c) => c.features.includes(feature)).length,
  }));
  const correlation = rangeOf(cases.flatMap((c) => c.correlation ?? []));
  return {
    models: cases.length,
    features: features.toSorted((a, b) => b.models - a.models),
    latent: rangeOf(sizes.map((s) => s.latent)) ?? none,
    observed: rangeOf(sizes.map((s) => s.observed)) ?? none,
    ...(correlation && { correlation }),
  };
};

/** Log evidence from a stream of importance weights. */
import { type LargestKept, largestKept } from './largest-kept.js';
import { paretoKOfLargest, tailLength } from './psis.js';
import type { Key } from '../random/index.js';
import {
  type RunningWeightSums,
  type WeightSums,
  effectiveSamples,
  logMeanWeight,
  runningWeightSums,
} from './weight-sums.js';
import { checkWhole } from '../../dsl/refusals/options.js';
import { type WeightsOf, weightStream } from './weight-stream.js';

export interface SamplingOptions {
  readonly key: Key;
  /** Draws of the guide. */
  readonly samples: number;
  /** How many of them are in memory at once; 16 where it is left out. */
  readonly chunk?: number;
}

/** An estimate of log evidence; one number for each element of the plates that all sites share. */
export interface Evidence {
  /** log p(data), nats, by element. */
  readonly logEvidence: Float64Array;
  /** Standard error of each, by the delta method, nats. */
  readonly standardError: Float64Array;
  /** (Σ w)² / Σ w² by element: how many draws from the posterior the samples are worth. */
  readonly effectiveSampleSize: Float64Array;
  /** k̂ by element, from at most 1000 of the largest weights: see `paretoVerdict`. */
  readonly paretoK: Float64Array;
  /** Σ of logEvidence: that of the whole batch. */
  readonly total: number;
  /** Standard error of the total, nats: draws for different elements are independent. */
  readonly totalStandardError: number;
}

export const CHUNK = 16;

/** The longest tail that is kept for k̂, so that memory does not grow with the samples. */
const LONGEST_TAIL = 1000;

/** What a stream of weights leaves: sums, and the largest of them. */
export interface Gathered {
  readonly sums: WeightSums;
  readonly largest: LargestKept;
}

/** Gathers weights as they come. */
export const gatherer = (
  columns: number,
  samples: number,
  order = 2,
): RunningWeightSums & { readonly gathered: () => Gathered } => {
  const running = runningWeightSums(columns, order);
  const largest = largestKept(columns, Math.min(tailLength(samples), LONGEST_TAIL) + 1);
  return {
    ...running,
    add: (column, w) => {
      running.add(column, w);
      largest.add(column, w);
    },
    gathered: () => ({ sums: running.sums(), largest }),
  };
};

export const totalOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/** The standard error of a sum of independent numbers. */
export const errorOfTotal = (errors: Float64Array): number =>
  Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0));

export const evidenceOf = ({ sums, largest }: Gathered): Evidence => {
  const { values, standardErrors } = logMeanWeight(sums);
  return {
    logEvidence: values,
    standardError: standardErrors,
    effectiveSampleSize: effectiveSamples(sums),
    paretoK: values.map((_, i) => paretoKOfLargest(largest.of(i))),
    total: totalOf(values),
    totalStandardError: errorOfTotal(standardErrors),
  };
};

/** Sums up weights that are drawn a chunk at a time, each with a key of its own. */
export const evidenceFrom = async (
  { key, samples, chunk = CHUNK }: SamplingOptions,
  weightsOf: WeightsOf,
): Promise<Evidence> => {
  checkWhole('evidence', { samples, chunk });
  let gathering: ReturnType<typeof gatherer> | undefined;
  for await (const { values, rows, columns } of weightStream({ key, samples, chunk }, weightsOf)) {
    gathering ??= gatherer(columns, samples);
    for (let i = 0; i < rows; i += 1) {
      for (let j = 0; j < columns; j += 1) {
        gathering.add(j, values[i * columns + j] ?? Number.NaN);
      }
      gathering.counted();
    }
  }
  if (gathering === undefined) throw new Error('evidence: no sample was drawn.');
  return evidenceOf(gathering.gathered());
};

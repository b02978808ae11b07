/** Whether a fitted law is that of the reference. */
import type { Marginal } from './data.js';
import type { Summary } from './moments.js';

/** How far a mean may be off, in standard deviations of the reference, and a standard deviation, as a share. */
export const TOLERANCE = 0.25;

/** One parameter beside its reference. */
export interface Judgement {
  readonly name: string;
  readonly reference: Marginal;
  readonly fitted: Summary;
  /** (mean − mean of the reference) / sd of the reference. */
  readonly error: number;
  /** sd / sd of the reference. */
  readonly ratio: number;
  readonly good: boolean;
}

/** Judges every parameter of a reference. */
export const judge = (
  reference: Readonly<Record<string, Marginal>>,
  fitted: Readonly<Record<string, Summary>>,
): readonly Judgement[] =>
  Object.entries(reference).map(([name, one]) => {
    const found = fitted[name] ?? {
      mean: Number.NaN,
      sd: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
    };
    const error = (found.mean - one.mean) / one.sd;
    const ratio = found.sd / one.sd;
    const good = Math.abs(error) <= TOLERANCE && Math.abs(ratio - 1) <= TOLERANCE;
    return { name, reference: one, fitted: found, error, ratio, good };
  });

/** What is worst, in a few words, or that nothing is. */
export const verdictOf = (judged: readonly Judgement[]): string => {
  const bad = judged.filter((j) => !j.good);
  if (bad.length === 0) return 'every mean and sd is within tolerance';
  const off = (j: Judgement): number => Math.max(Math.abs(j.error), Math.abs(Math.log(j.ratio)));
  const worst = bad.toSorted((a, b) => off(b) - off(a))[0];
  return (
    `misses ${bad.length} of ${judged.length}` +
    (worst
      ? `, worst ${worst.name} with its mean ${worst.error.toFixed(2)} sd off and its sd times ${worst.ratio.toFixed(2)}`
      : '')
  );
};

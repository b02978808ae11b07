/** Which estimator of a report to take, and why. */
import type { EstimatorReport, SiteReport } from './site-report.js';

/** Draws of a gradient are worth what their variance costs in time: half of it for twice the draws. */
const costOf = ({ variance, milliseconds }: EstimatorReport): number => variance * milliseconds;

/** What is used now stays where nothing is better by more than this. */
const WORTH_IT = 1.25;

const short = (x: number): string => String(Number(x.toPrecision(2)));

/** The unbiased estimator with the least variance times time. */
export const recommend = (
  estimators: readonly EstimatorReport[],
): Pick<SiteReport, 'recommended' | 'why'> => {
  const [best, next] = estimators
    .filter((e) => e.unbiased)
    .toSorted((a, b) => costOf(a) - costOf(b));
  if (best === undefined) return { why: 'no estimator that is valid for it is unbiased' };
  const current = estimators.find((e) => e.current);
  if (current?.unbiased === true && costOf(current) <= WORTH_IT * costOf(best)) {
    return {
      recommended: current.estimator,
      why: 'it is used now, and no unbiased one has less variance times time by a quarter',
    };
  }
  const instead =
    current === undefined || current === best
      ? ''
      : current.unbiased
        ? `; ${current.name}, which is used now, has ${short(costOf(current) / costOf(best))} times that`
        : `; ${current.name}, which is used now, is biased`;
  const rival = next === undefined || next === current ? '' : `; the next best is ${next.name}`;
  return {
    recommended: best.estimator,
    why: `the least variance times time of the unbiased ones${instead}${rival}`,
  };
};

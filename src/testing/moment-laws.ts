/** Laws of mean, variance and entropy: against sums, integrals, or averages over draws. */
import { logProbOfDraw } from '../../dsl/distribution.js';
import type { Tensor } from '../../dsl/index.js';
import { isDiscrete } from '../../dsl/support.js';
import type { Tabulated } from './density-laws.js';
import { listedLogProbs } from './draw-laws.js';
import { type Slack, expectClose } from './law.js';
import { column, mean, rowsOf, sum, variance } from './numbers.js';
import { standardErrors } from './statistics.js';
import { type Subject, batchSize, claim, drawsAt, eventSize, hasDensity } from './subject.js';

/** Values with weights that sum to 1 and their log probabilities: an expectation as a sum. */
interface Weighted {
  readonly events: readonly (readonly number[])[];
  readonly weights: readonly number[];
  readonly logProbs: readonly number[];
}

const listed = (subject: Subject, values: Tensor): readonly Weighted[] => {
  const events = rowsOf(values.dataSync(), eventSize(subject));
  const logProbs = listedLogProbs(subject, values);
  return Array.from({ length: batchSize(subject) }, (_, entry) => {
    const own = column(logProbs, entry);
    return { events, weights: own.map(Math.exp), logProbs: own };
  });
};

const tabulated = (tables: readonly Tabulated[]): readonly Weighted[] =>
  tables.map(({ grid, logDensity }) => ({
    events: grid.points.map((z) => [z]),
    weights: logDensity.map((l, i) => (l === -Infinity ? 0 : Math.exp(l) * (grid.weights[i] ?? 0))),
    logProbs: logDensity,
  }));

const drawn = (subject: Subject): readonly Weighted[] => {
  const { distribution: d, noise, value, draws } = subject;
  const logProbs = rowsOf(logProbOfDraw(d, noise, value).dataSync(), batchSize(subject));
  return Array.from({ length: batchSize(subject) }, (_, entry) => ({
    events: drawsAt(subject, entry),
    weights: Array.from({ length: draws }, () => 1 / draws),
    logProbs: column(logProbs, entry),
  }));
};

/** Σ w x, where a weight of 0 silences whatever it multiplies. */
const expectation = (weights: readonly number[], xs: readonly number[]): number =>
  sum(weights.map((w, i) => (w === 0 ? 0 : w * (xs[i] ?? Number.NaN))));

/** The slack of a mean over draws: that many standard errors, and rounding. */
const sampled = (subject: Subject, xs: readonly number[], comparisons: number): Slack => {
  const errors = standardErrors(subject.alarm / comparisons);
  return {
    absolute: errors * Math.sqrt(variance(xs) / xs.length) + 1e-5 * (1 + Math.abs(mean(xs))),
    relative: 0,
  };
};

/**
 * `mean`, `variance` and `entropy`, where given, are those of the law that `logProb` and the sampler
 * describe. Exact sums where the values are listed (to 1e-4), integrals for scalar densities (to
 * 5e-3 of the standard deviation, 1 % of the variance, 5e-3 nats), and else averages over draws,
 * within the standard errors that the subject's `alarm` allows.
 */
export const checkMoments = (subject: Subject, tables: readonly Tabulated[]): void => {
  const { distribution: d } = subject;
  const size = eventSize(subject);
  const comparisons = batchSize(subject) * size;
  const values = hasDensity(d) ? d.sampler.enumeration?.values() : undefined;
  const isSampled = values === undefined && (tables.length === 0 || !hasDensity(d));
  const isExact = values !== undefined && isDiscrete(d.support);
  const sources = values ? listed(subject, values) : isSampled ? drawn(subject) : tabulated(tables);
  const means = d.mean ? [...d.mean().dataSync()] : undefined;
  const variances = d.variance ? [...d.variance().dataSync()] : undefined;
  const entropies = d.entropy ? [...d.entropy().dataSync()] : undefined;
  sources.forEach(({ events, weights, logProbs }, entry) => {
    Array.from({ length: size }, (_, j) => {
      const xs = column(events, j);
      const centre = expectation(weights, xs);
      const squares = xs.map((x) => (x - centre) ** 2);
      const spread = expectation(weights, squares);
      const slack = (of: readonly number[], allowed: number): Slack =>
        isSampled
          ? sampled(subject, of, comparisons)
          : { absolute: isExact ? 1e-4 : allowed, relative: 1e-4 };
      const at = `batch entry ${entry}, event entry ${j}`;
      const given = means?.[entry * size + j];
      if (given !== undefined) {
        const allowed = 5e-3 * Math.sqrt(spread);
        expectClose(claim('mean', subject), at, given, centre, slack(xs, allowed));
      }
      const givenSpread = variances?.[entry * size + j];
      if (givenSpread !== undefined) {
        const allowed = slack(squares, 1e-2 * spread);
        expectClose(claim('variance', subject), at, givenSpread, spread, allowed);
      }
    });
    const given = entropies?.[entry];
    if (given !== undefined) {
      const terms = logProbs.map((l) => -l);
      const slack = isSampled
        ? sampled(subject, terms, batchSize(subject))
        : { absolute: isExact ? 1e-4 : 5e-3, relative: 1e-4 };
      const expected = expectation(weights, terms);
      expectClose(claim('entropy', subject), `batch entry ${entry}`, given, expected, slack);
    }
  });
};

/** Laws of mean, variance and entropy: against sums, integrals, or averages over draws. */
import type { Tensor } from '../../../dsl/index.js';
import type { Tabulated } from './density-laws.js';
import { listedLogProbs } from './draw-laws.js';
import { type Slack, expectClose } from '../law/law.js';
import { column, rowsOf, sum, variance } from '../statistics/numbers.js';
import { standardErrors } from '../statistics/statistics.js';
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
  const { distribution: d, value, preimage, draws } = subject;
  const logProbs = rowsOf(d.logProb(value, preimage).dataSync(), batchSize(subject));
  return Array.from({ length: batchSize(subject) }, (_, entry) => ({
    events: drawsAt(subject, entry),
    weights: Array.from({ length: draws }, () => 1 / draws),
    logProbs: column(logProbs, entry),
  }));
};

/** Σ w x, where a weight of 0 silences whatever it multiplies. */
const expectation = (weights: readonly number[], xs: readonly number[]): number =>
  sum(weights.map((w, i) => (w === 0 ? 0 : w * (xs[i] ?? Number.NaN))));

/** An expectation for each batch entry, and how far from it a closed form may be. */
interface Source {
  readonly entries: readonly Weighted[];
  /** For the mean of `xs`, in units of `unit`, one of `comparisons` that are made. */
  readonly slack: (xs: readonly number[], unit: number, comparisons: number) => Slack;
}

const sourceOf = (subject: Subject, tables: readonly Tabulated[]): Source => {
  const { distribution: d, alarm, draws } = subject;
  const values = hasDensity(d) ? d.sampler.enumeration?.values() : undefined;
  if (values !== undefined) {
    return {
      entries: listed(subject, values),
      slack: () => ({ absolute: 1e-4, relative: 1e-4 }),
    };
  }
  if (tables.length > 0) {
    return {
      entries: tabulated(tables),
      slack: (_, unit) => ({ absolute: 5e-3 * unit, relative: 1e-4 }),
    };
  }
  return {
    entries: drawn(subject),
    slack: (xs, unit, comparisons) => {
      const errors = standardErrors(alarm / comparisons);
      const chance = errors * Math.sqrt(variance(xs) / draws);
      // The centre of a variance is estimated too, and float32 rounds what is averaged.
      return { absolute: chance + (errors ** 2 * unit) / draws + 1e-6, relative: 1e-5 };
    },
  };
};

/**
 * `mean`, `variance` and `entropy`, where given, are those of the law that `logProb` and the sampler
 * describe. Sums where the values are listed (to 1e-4), integrals for scalar densities (to 5e-3 of
 * the standard deviation, the variance and a nat), and else averages over draws, within the
 * standard errors that the subject's `alarm` allows.
 */
export const checkMoments = (subject: Subject, tables: readonly Tabulated[]): void => {
  const { distribution: d } = subject;
  const size = eventSize(subject);
  const { entries, slack } = sourceOf(subject, tables);
  const means = d.mean && [...d.mean().dataSync()];
  const variances = d.variance && [...d.variance().dataSync()];
  const entropies = d.entropy && [...d.entropy().dataSync()];
  entries.forEach(({ events, weights, logProbs }, entry) => {
    Array.from({ length: size }, (_, j) => {
      const xs = column(events, j);
      const centre = expectation(weights, xs);
      const squares = xs.map((x) => (x - centre) ** 2);
      const spread = expectation(weights, squares);
      const at = `batch entry ${entry}, event entry ${j}`;
      const compare = (
        law: 'mean' | 'variance',
        given: number | undefined,
        of: readonly number[],
      ): void => {
        // A family says so where a moment does not exist, or is infinite.
        if (given === undefined || !Number.isFinite(given)) return;
        const unit = law === 'mean' ? Math.sqrt(spread) : spread;
        const allowed = slack(of, unit, batchSize(subject) * size);
        expectClose(claim(law, subject), at, given, expectation(weights, of), allowed);
      };
      compare('mean', means?.[entry * size + j], xs);
      compare('variance', variances?.[entry * size + j], squares);
    });
    const given = entropies?.[entry];
    if (given === undefined) return;
    const terms = logProbs.map((l) => -l);
    const allowed = slack(terms, 1, batchSize(subject));
    const expected = expectation(weights, terms);
    expectClose(claim('entropy', subject), `batch entry ${entry}`, given, expected, allowed);
  });
};

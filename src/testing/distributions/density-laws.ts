/**
 * Laws that tie a sampler to its density. Statistical: the chance that a sound distribution fails is
 * at most the subject's `alarm`, for every number of draws.
 */
import { lawOf } from '../../../dsl/law/distribution.js';
import { isIntegers } from '../../../dsl/supports/integers.js';
import { checkBalance } from './balance-law.js';
import { checkCounts } from './counts-law.js';
import { checkFinite, listedLogProbs } from './draw-laws.js';
import { type Grid, cumulative, cumulativeAt, gaussLegendre, gridAround } from './grid.js';
import { broken, expectClose } from '../law/law.js';
import { column, rowsOf, sum } from '../statistics/numbers.js';
import {
  type Subject,
  batchSize,
  claim,
  drawsAt,
  eventSize,
  hasDensity,
  logProbAt,
} from './subject.js';
import { checkSlices } from './slices-law.js';
import { checkUniform } from './uniform-law.js';
import { checkWindow } from './window-law.js';
import { chartOf, isInside } from './support-geometry.js';

/** What the trapezoidal rule may miss where the density jumps at a bound that is not known. */
export const INTEGRATION_SLACK = 2e-3;

/** A density over a vector is integrated in as many coordinates as this; of more, one at a time. */
const MOST_COORDINATES = 3;

const entries = (subject: Subject): readonly number[] =>
  Array.from({ length: batchSize(subject) }, (_, i) => i);

/** A scalar continuous distribution's density on a grid, one for each batch entry. */
export interface Tabulated {
  readonly grid: Grid;
  readonly logDensity: readonly number[];
}

/** Tabulates the density of every batch entry of a scalar continuous distribution. */
export const tabulate = (subject: Subject): readonly Tabulated[] => {
  const { support } = subject.distribution;
  const grids = entries(subject).map((entry) =>
    gridAround(support, column(drawsAt(subject, entry), 0)),
  );
  const logDensities = logProbAt(
    subject,
    grids.map((grid) => grid.points.map((z) => [z])),
  );
  return grids.map((grid, entry) => ({ grid, logDensity: logDensities[entry] ?? [] }));
};

/**
 * Scalar continuous: the density integrates to 1 to within 2e-3, and the distribution function F at
 * the draws is uniform, by the Kolmogorov-Smirnov distance and by its first two moments, which see
 * a wrong scale sooner.
 */
const checkScalar = (subject: Subject, tables: readonly Tabulated[]): void => {
  const alarm = subject.alarm / batchSize(subject);
  tables.forEach(({ grid, logDensity }, entry) => {
    const totals = cumulative(grid, logDensity.map(Math.exp));
    expectClose(
      claim('the density integrates to 1', subject),
      `the integral at batch entry ${entry}`,
      totals[totals.length - 1] ?? NaN,
      1,
      { absolute: INTEGRATION_SLACK, relative: 0 },
    );
    const shares = column(drawsAt(subject, entry), 0).map((z) => cumulativeAt(grid, totals, z));
    checkUniform(subject, entry, shares, alarm, INTEGRATION_SLACK);
  });
};

/** Finite: the draws follow the probabilities of the listed values, by likelihood ratio. */
const checkListed = (subject: Subject): void => {
  const values = subject.distribution.sampler.enumeration?.values();
  if (values === undefined) return;
  const logProbs = listedLogProbs(subject, values);
  const names = rowsOf(values.dataSync(), eventSize(subject)).map((event) => event.join());
  entries(subject).forEach((entry) => {
    const counts = new Map<string, number>();
    drawsAt(subject, entry).forEach((event) => {
      counts.set(event.join(), (counts.get(event.join()) ?? 0) + 1);
    });
    checkCounts(
      subject,
      entry,
      names.map((name) => counts.get(name) ?? 0),
      column(logProbs, entry).map(Math.exp),
    );
  });
};

type Interval = readonly [number, number];

const product = <A>(lists: readonly (readonly A[])[]): readonly (readonly A[])[] =>
  lists.reduce<readonly (readonly A[])[]>(
    (rows, list) => rows.flatMap((row) => list.map((a) => [...row, a])),
    [[]],
  );

/** Cells that split the middle of the draws in two along every coordinate. */
const cellsOf = (
  subject: Subject,
  rows: readonly (readonly number[])[],
): readonly (readonly Interval[])[] =>
  product(
    (rows[0] ?? []).map((_, j): readonly Interval[] => {
      const sorted = column(rows, j).toSorted((a, b) => a - b);
      const [low = 0, middle = 0, high = 0] = [0.1, 0.5, 0.9].map(
        (q) => sorted[Math.floor(q * sorted.length)] ?? 0,
      );
      // Cells are made where draws are: draws which are all the same would leave none to fill.
      if (low === middle || middle === high) {
        const law = claim('draws follow the density', subject);
        broken(law, `draws that differ in coordinate ${j}`, `${middle} in many of them`);
      }
      return [
        [low, middle],
        [middle, high],
      ];
    }),
  );

const isIn = (cell: readonly Interval[], at: readonly number[]): boolean =>
  cell.every(([low, high], j) => low <= (at[j] ?? Number.NaN) && (at[j] ?? Number.NaN) < high);

/**
 * Vectors of few free coordinates: how many draws fall into each of 2^d cells, against the integral
 * of the density there. The cells come from the first tenth of the draws, the counts from the rest.
 */
const checkCells = (subject: Subject): void => {
  const { support, eventShape } = subject.distribution;
  const chart = chartOf(support, eventShape);
  const free = entries(subject).map((entry) => chart.of(drawsAt(subject, entry)));
  const split = Math.floor(subject.draws / 10);
  const cells = free.map((rows) => cellsOf(subject, rows.slice(0, split)));
  const rule = product((free[0]?.[0] ?? []).map(() => gaussLegendre));
  const places = cells.map((of) =>
    of.flatMap((cell) =>
      rule.map((node) => cell.map(([low, high], j) => low + (high - low) * (node[j]?.at ?? 0))),
    ),
  );
  const events = places.map(chart.at);
  const stretches = places.map(chart.stretch);
  const logProbs = logProbAt(subject, events);
  const weights = rule.map((node) => node.reduce((w, { weight }) => w * weight, 1));
  cells.forEach((of, entry) => {
    const inside = of.map((cell, c) => {
      const volume = cell.reduce((v, [low, high]) => v * (high - low), 1);
      const terms = weights.map((w, i) => {
        const at = c * rule.length + i;
        const event = events[entry]?.[at] ?? [];
        const density = Math.exp(logProbs[entry]?.[at] ?? Number.NaN);
        const stretch = stretches[entry]?.[at] ?? Number.NaN;
        return isInside(support, event) ? w * stretch * density : 0;
      });
      return volume * sum(terms);
    });
    const counted = (free[entry] ?? []).slice(split);
    const counts = of.map((cell) => counted.filter((at) => isIn(cell, at)).length);
    checkCounts(
      subject,
      entry,
      [...counts, counted.length - sum(counts)],
      [...inside, 1 - sum(inside)],
    );
  });
};

/**
 * Checks the sampler against the density, in the way that the support allows. A mask takes terms away and
 * no draws, so that of a masked law what it masks is checked. Tells whether anything was found out.
 */
export const checkSampler = (masked: Subject, tables: readonly Tabulated[]): boolean => {
  const distribution = lawOf(masked.distribution);
  const subject: Subject = { ...masked, distribution };
  const { support, sampler } = distribution;
  // A point mass has one value, which has a finite log probability.
  if (!hasDensity(distribution)) {
    checkFinite(subject);
    return true;
  }
  if (sampler.enumeration) {
    checkListed(subject);
    return true;
  }
  const isScalar = distribution.eventShape.length === 0;
  if (isScalar && !support.isDiscrete) {
    checkScalar(subject, tables.length > 0 ? tables : tabulate(subject));
    return true;
  }
  if (isIntegers(support)) {
    checkWindow(subject, support.low, support.high);
    return true;
  }
  if (support.isDiscrete) return checkBalance(subject);
  const [first = []] = drawsAt(subject, 0);
  const [free = []] = chartOf(support, distribution.eventShape).of([first]);
  if (free.length <= MOST_COORDINATES) checkCells(subject);
  else checkSlices(subject);
  return true;
};

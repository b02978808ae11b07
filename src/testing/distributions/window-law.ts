/** The law that draws follow the density where values are whole numbers without a list. Statistical. */
import { checkCounts } from './counts-law.js';
import { expectClose } from '../law/law.js';
import { sum } from '../statistics/numbers.js';
import { type Subject, batchSize, claim, drawsAt, logProbAt } from './subject.js';

/** Values of a window at most. */
const WIDEST = 2000;

/** Neighbours are counted together until they have this probability. */
const CELL = 1 / 16;

interface Window {
  readonly from: number;
  readonly to: number;
}

/** A window about some draws, as far again to each side, within the support. */
const windowAbout = (draws: readonly number[], low: number, high: number): Window => {
  const [least, most] = draws.reduce(
    ([a, b], z) => [Math.min(a, z), Math.max(b, z)],
    [Infinity, -Infinity],
  );
  const margin = Math.min(most - least + 8, WIDEST / 2);
  // A bound that is not a number is only known to the distribution.
  const from = Math.max(least - margin, Number.isNaN(low) ? -Infinity : low);
  const to = Math.min(most + margin, Number.isNaN(high) ? Infinity : high, from + WIDEST);
  return { from, to };
};

interface Cell extends Window {
  readonly probability: number;
}

/** Stretches of a window that have some probability each. */
const cellsOf = ({ from }: Window, probabilities: readonly number[]): readonly Cell[] =>
  probabilities.reduce<readonly Cell[]>((cells, p, i) => {
    const last = cells.at(-1);
    const at = from + i;
    return last === undefined || last.probability >= CELL
      ? [...cells, { from: at, to: at, probability: p }]
      : [...cells.slice(0, -1), { from: last.from, to: at, probability: last.probability + p }];
  }, []);

/**
 * Whole numbers, finitely many or not: the probabilities over a window about the first tenth of the draws
 * sum to 1 at most, and the other draws fall into its stretches, and outside of it, as often as they say.
 */
export const checkWindow = (subject: Subject, low: number, high: number): void => {
  const split = Math.floor(subject.draws / 10);
  const draws = Array.from({ length: batchSize(subject) }, (_, entry) =>
    drawsAt(subject, entry).map(([z = Number.NaN]) => z),
  );
  const windows = draws.map((own) => windowAbout(own.slice(0, split), low, high));
  const width = Math.max(...windows.map(({ from, to }) => to - from + 1));
  const logProbs = logProbAt(
    subject,
    windows.map(({ from, to }) =>
      Array.from({ length: width }, (_, i) => [Math.min(from + i, to)]),
    ),
  );
  windows.forEach((window, entry) => {
    const size = window.to - window.from + 1;
    const probabilities = (logProbs[entry] ?? []).slice(0, size).map(Math.exp);
    const total = sum(probabilities);
    expectClose(
      claim('the density integrates to 1', subject),
      `the probability of ${window.from} to ${window.to} at batch entry ${entry}`,
      Math.max(1, total),
      1,
      { absolute: 1e-4, relative: 0 },
    );
    const cells = cellsOf(window, probabilities);
    const counted = (draws[entry] ?? []).slice(split);
    const counts = cells.map(({ from, to }) => counted.filter((z) => from <= z && z <= to).length);
    checkCounts(
      subject,
      entry,
      [...counts, counted.length - sum(counts)],
      [...cells.map(({ probability }) => probability), Math.max(0, 1 - total)],
    );
  });
};

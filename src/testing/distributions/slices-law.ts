/** The law that draws follow the density, for vectors of any number of coordinates. Statistical. */
import { cumulative, cumulativeAt, gridAround } from './grid.js';
import { column } from '../statistics/numbers.js';
import { type Subject, batchSize, drawsAt, logProbAt } from './subject.js';
import { checkUniform } from './uniform-law.js';
import { chartOf, isInside } from './support-geometry.js';

/** Points of a slice. */
const POINTS = 97;

/** Densities that are asked for, at most about. */
const MOST = 200_000;

/** What the trapezoidal rule may miss on so few points, of a share. */
const SLACK = 0.01;

/**
 * Given all other coordinates, each coordinate of a draw has the density along a line through the draw,
 * normalised: its distribution function there, by the trapezoidal rule, is uniform. A different part of
 * the draws is looked at along each coordinate.
 */
export const checkSlices = (subject: Subject): void => {
  const { support, eventShape } = subject.distribution;
  const chart = chartOf(support, eventShape);
  const entries = Array.from({ length: batchSize(subject) }, (_, entry) =>
    chart.of(drawsAt(subject, entry)),
  );
  const width = entries[0]?.[0]?.length ?? 0;
  const most = Math.floor(MOST / (POINTS * width * entries.length));
  const count = Math.min(subject.draws, Math.max(100, most));
  const alarm = subject.alarm / (entries.length * width);
  for (let j = 0; j < width; j += 1) {
    const grids = entries.map((at) => gridAround(chart.each, column(at, j), POINTS));
    const looked = entries.map((at) =>
      Array.from({ length: count }, (_, i) => at[(j * count + i) % at.length] ?? []),
    );
    const places = looked.map((at, entry) =>
      at.flatMap((z) =>
        (grids[entry]?.points ?? []).map((x) => z.map((own, k) => (k === j ? x : own))),
      ),
    );
    const lines = places.map(chart.at);
    const stretches = places.map(chart.stretch);
    const inside = lines.map((events) => events.map((event) => isInside(support, event)));
    const logProbs = logProbAt(
      subject,
      // Nothing is asked of a density outside of its support.
      lines.map((events, entry) =>
        events.map((event, i) =>
          inside[entry]?.[i] === true ? event : (drawsAt(subject, entry)[0] ?? []),
        ),
      ),
    );
    looked.forEach((at, entry) => {
      const grid = grids[entry];
      if (grid === undefined) return;
      const values = at.map((z, i) => {
        const logs = Array.from({ length: POINTS }, (_, g) => {
          const row = i * POINTS + g;
          return inside[entry]?.[row] === true
            ? (logProbs[entry]?.[row] ?? Number.NaN) +
                Math.log(stretches[entry]?.[row] ?? Number.NaN)
            : -Infinity;
        });
        const peak = Math.max(...logs);
        const totals = cumulative(
          grid,
          logs.map((l) => Math.exp(l - peak)),
        );
        const share = cumulativeAt(grid, totals, z[j] ?? Number.NaN) / (totals.at(-1) ?? 0);
        // No mass on the line, where a draw is: as far out as can be.
        return Number.isNaN(share) ? 0 : share;
      });
      checkUniform(subject, entry, values, alarm, SLACK, `along coordinate ${j} `);
    });
  }
};

/** Expectations of a bound and of its gradient, exact but for rounding: sums over all joint draws. */
import type { NumbersByName } from '../law/numeric-function.js';
import type { DrawnBound } from './drawn-bound.js';
import { type Lattice, extentOf, latticeOf } from './draw-lattice.js';

/** An expectation over all joint draws. */
export interface Expectation {
  /** Joint draws that are summed over. */
  readonly points: number;
  /** E value, nats, at any parameters. */
  readonly value: (params: NumbersByName) => number;
  /** E ∂surrogate. */
  readonly gradients: () => NumbersByName;
}

/** An expectation, and by a coarser quadrature once more where one was needed. */
export interface Expectations {
  readonly fine: Expectation;
  /** Left out where nothing was integrated: the sum is then exact. */
  readonly coarse?: Expectation;
}

/** Sums of more joint draws take longer than a sample that says as much. */
const MOST_POINTS = { double: 4096, single: 64 } as const;

/** Points along an axis, most and fewest. */
const MOST_NODES = 40;
const FEWEST_NODES = 8;

const over = (bound: DrawnBound, { points, each }: Lattice): Expectation => ({
  points,
  value: (params) => {
    let total = 0;
    each((noise, weight) => {
      const { value, logChance } = bound.value(params, noise);
      const chance = weight * Math.exp(logChance);
      // What has no chance has no part, be its value infinite.
      if (chance > 0) total += chance * value;
    });
    return total;
  },
  gradients: () => {
    const totals = new Map<string, Float64Array>();
    each((noise, weight) => {
      const { logChance, gradients } = bound.found(noise);
      const chance = weight * Math.exp(logChance);
      if (!(chance > 0)) return;
      for (const [name, xs] of Object.entries(gradients)) {
        const total = totals.get(name) ?? new Float64Array(xs.length);
        for (let i = 0; i < xs.length; i += 1) total[i] = (total[i] ?? 0) + chance * (xs[i] ?? NaN);
        totals.set(name, total);
      }
    });
    return Object.fromEntries(totals);
  },
});

/** The points along an axis that keep a lattice small. */
const nodesFor = (dimensions: number, outcomes: number, most: number): number =>
  Math.min(MOST_NODES, Math.floor((most / outcomes) ** (1 / dimensions) + 1e-9));

/**
 * The expectations of a bound over the draws of its guide; `fixed` is the noise that is given. A sentence
 * where there are too many joint draws, or some that cannot be listed.
 */
export const expectationsOf = (bound: DrawnBound, fixed: NumbersByName): Expectations | string => {
  const extent = extentOf(bound);
  if (typeof extent === 'string') return extent;
  const { dimensions, outcomes } = extent;
  const most = MOST_POINTS[bound.precision];
  const nodes = dimensions === 0 ? 1 : nodesFor(dimensions, outcomes, most);
  if (outcomes > most || (dimensions > 0 && nodes < FEWEST_NODES)) {
    return (
      `more than ${most} joint draws: ${outcomes} of the finite sites` +
      (dimensions === 0 ? '' : ` times ${FEWEST_NODES} points or more along ${dimensions} axes`)
    );
  }
  const by = (order: number): Expectation => over(bound, latticeOf(bound, fixed, order));
  return { fine: by(nodes), ...(dimensions > 0 && { coarse: by(Math.floor(0.75 * nodes)) }) };
};

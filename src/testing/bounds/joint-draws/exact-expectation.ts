/** Expectations of a bound and of its gradient, exact but for rounding: sums over all joint draws. */
import { keyedNoise } from '../../../random/noise-source.js';
import { type Key, foldIn } from '../../../random/index.js';
import type { NumbersByName } from '../../law/numeric-function.js';
import type { DrawnBound } from './drawn-bound.js';
import { type Lattice, extentOf, latticeOf } from './draw-lattice.js';

/** An expectation over all joint draws. */
export interface Expectation {
  /** Joint draws that are summed over. */
  readonly points: number;
  /** E value, nats, at any parameters. */
  readonly value: (params: NumbersByName) => number;
  /** E f over the same draws, of a function of their noise that is as likely. */
  readonly of: (f: (noise: NumbersByName) => number) => number;
  /** E value and E ∂surrogate at the bound's own parameters. */
  readonly found: () => { readonly value: number; readonly gradients: NumbersByName };
}

/** An expectation, and by a coarser quadrature once more where one was needed. */
export interface Expectations {
  readonly fine: Expectation;
  /** Left out where nothing was integrated: the sum is then exact. */
  readonly coarse?: Expectation;
}

/** Of so many joint draws a sum is taken many times over; of four times as many, once. */
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
  of: (f) => {
    let total = 0;
    each((noise, weight) => {
      const chance = weight * Math.exp(bound.value(bound.params, noise).logChance);
      if (chance > 0) total += chance * f(noise);
    });
    return total;
  },
  found: () => {
    const totals = new Map<string, Float64Array>();
    let mean = 0;
    each((noise, weight) => {
      const { value, logChance, gradients } = bound.found(noise);
      const chance = weight * Math.exp(logChance);
      if (!(chance > 0)) return;
      mean += chance * value;
      for (const [name, xs] of Object.entries(gradients)) {
        const total = totals.get(name) ?? new Float64Array(xs.length);
        for (let i = 0; i < xs.length; i += 1) total[i] = (total[i] ?? 0) + chance * (xs[i] ?? NaN);
        totals.set(name, total);
      }
    });
    return { value: mean, gradients: Object.fromEntries(totals) };
  },
});

/** The points along an axis that keep a lattice small. */
const nodesFor = (dimensions: number, outcomes: number, most: number): number =>
  Math.min(MOST_NODES, Math.floor((most / outcomes) ** (1 / dimensions) + 1e-9));

/**
 * The expectations of a bound over the draws of its guide; `fixed` is the noise that is given, and `uses`
 * says how often they are to be taken. A sentence where there are too many joint draws, or some that cannot be listed.
 */
export const expectationsOf = (
  bound: DrawnBound,
  fixed: NumbersByName,
  uses: 'many' | 'one' = 'many',
): Expectations | string => {
  const extent = extentOf(bound);
  if (typeof extent === 'string') return extent;
  const { dimensions, outcomes } = extent;
  const within = (precision: keyof typeof MOST_POINTS) => {
    const limit = MOST_POINTS[precision] * (uses === 'many' ? 1 : 4);
    const along = dimensions === 0 ? 1 : nodesFor(dimensions, outcomes, limit);
    return { limit, along, fits: outcomes <= limit && (dimensions === 0 || along >= FEWEST_NODES) };
  };
  // What it is computed in is known once there is a graph, which is not made in vain.
  const {
    limit: most,
    along: nodes,
    fits,
  } = within(
    within('double').fits ? bound.precision(uses === 'many' ? 'value' : 'gradient') : 'double',
  );
  if (!fits) {
    return (
      `more than ${most} joint draws: ${outcomes} of the finite sites` +
      (dimensions === 0 ? '' : ` times ${FEWEST_NODES} points or more along ${dimensions} axes`)
    );
  }
  const by = (order: number): Expectation => over(bound, latticeOf(bound, fixed, order));
  return { fine: by(nodes), ...(dimensions > 0 && { coarse: by(Math.floor(0.75 * nodes)) }) };
};

/** Chances of less leave batches of draws without the value that has it, and tests of means without a base. */
const RARE = 0.05;

/** A sentence where draws of a bound meet a value of a finite site too rarely for tests of means. */
export const rareValues = (bound: DrawnBound, key: Key): string | undefined => {
  const least = Math.min(
    ...Array.from({ length: 16 }, (_, i) => bound.leastChance(keyedNoise(foldIn(key, i)))),
  );
  return least >= RARE
    ? undefined
    : `a value of a finite site whose chance is ${Number(least.toPrecision(2))}, too small to test means by draws`;
};

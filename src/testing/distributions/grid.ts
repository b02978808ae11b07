/**
 * A grid that covers a scalar continuous distribution, found from its draws, with weights that make
 * sums over it integrals.
 *
 * Unbounded sides are mapped by sinh, half lines by exp and intervals by the logistic function, so
 * that tails are reached and the trapezoidal rule converges fast (Trefethen and Weideman 2014,
 * doi:10.1137/130932132).
 */
import type { Support } from '../../../dsl/index.js';
import { isInterval } from '../../../dsl/supports/interval.js';

interface Chart {
  readonly toLine: (z: number) => number;
  readonly fromLine: (u: number) => number;
  /** dz/du. */
  readonly stretch: (u: number) => number;
}

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;

const half: Chart = { toLine: Math.log, fromLine: Math.exp, stretch: Math.exp };

const chartOf = (support: Support, sorted: readonly number[]): Chart => {
  if (support.kind === 'positive' || support.kind === 'nonnegative') return half;
  if (isInterval(support) && Number.isFinite(support.low) && support.high === Infinity) {
    const { low } = support;
    return {
      toLine: (z) => Math.log(z - low),
      fromLine: (u) => low + Math.exp(u),
      stretch: Math.exp,
    };
  }
  if (isInterval(support) && Number.isFinite(support.high) && support.low === -Infinity) {
    const { high } = support;
    return {
      toLine: (z) => -Math.log(high - z),
      fromLine: (u) => high - Math.exp(-u),
      stretch: (u) => Math.exp(-u),
    };
  }
  const around =
    support.kind === 'circle' ? { low: -Math.PI, high: Math.PI } : isInterval(support) && support;
  if (around && Number.isFinite(around.high - around.low)) {
    const { low, high } = around;
    const share = (u: number): number => 1 / (1 + Math.exp(-u));
    return {
      toLine: (z) => Math.log((z - low) / (high - z)),
      fromLine: (u) => low + (high - low) * share(u),
      stretch: (u) => (high - low) * share(u) * share(-u),
    };
  }
  const centre = quantile(sorted, 0.5);
  const spread = quantile(sorted, 0.75) - quantile(sorted, 0.25) || 1;
  return {
    toLine: (z) => Math.asinh((z - centre) / spread),
    fromLine: (u) => centre + spread * Math.sinh(u),
    stretch: (u) => spread * Math.cosh(u),
  };
};

/** Points with weights; `place` gives the index, with fraction, at which a value lies. */
export interface Grid {
  readonly points: readonly number[];
  readonly weights: readonly number[];
  readonly place: (z: number) => number;
}

/** How many points a grid has: a jump of the density costs at most its height times one step. */
const GRID_POINTS = 4097;

/** Where a bound that nobody knows may lie between any two of them. */
const MORE_POINTS = 4 * (GRID_POINTS - 1) + 1;

/** A grid over a scalar support that reaches half the draws' range beyond them on each side. */
export const gridAround = (
  support: Support,
  draws: readonly number[],
  size = support.isComputed ? MORE_POINTS : GRID_POINTS,
): Grid => {
  const sorted = draws.toSorted((a, b) => a - b);
  const { toLine, fromLine, stretch } = chartOf(support, sorted);
  // A draw that rounding put on a bound lies at infinity, and says nothing about the window.
  const line = sorted.map(toLine).filter(Number.isFinite);
  const [first, last] = [line[0] ?? -1, line[line.length - 1] ?? 1];
  const margin = Math.max(1, (last - first) / 2);
  const start = first - margin;
  const step = (last + margin - start) / (size - 1);
  const at = Array.from({ length: size }, (_, i) => start + i * step);
  return {
    points: at.map(fromLine),
    weights: at.map((u) => step * stretch(u)),
    place: (z) => (toLine(z) - start) / step,
  };
};

/** Running integral of a density on a grid, by the trapezoidal rule. */
export const cumulative = ({ weights }: Grid, density: readonly number[]): Float64Array => {
  const totals = new Float64Array(weights.length);
  for (let i = 1; i < totals.length; i += 1) {
    const left = (weights[i - 1] ?? 0) * (density[i - 1] ?? 0);
    const right = (weights[i] ?? 0) * (density[i] ?? 0);
    totals[i] = (totals[i - 1] ?? 0) + (left + right) / 2;
  }
  return totals;
};

/** The running integral at a value, between its grid points. */
export const cumulativeAt = (grid: Grid, totals: Float64Array, z: number): number => {
  const place = Math.min(Math.max(grid.place(z), 0), totals.length - 1);
  const left = Math.floor(place);
  const [a, b] = [totals[left] ?? 0, totals[left + 1] ?? totals[left] ?? 0];
  return a + (b - a) * (place - left);
};

/** Points and weights of the seven-point Gauss-Legendre rule on [0, 1]. */
export const gaussLegendre: readonly { readonly at: number; readonly weight: number }[] = [
  { at: 0.5, weight: 0.2089795918367347 },
  ...[
    [0.4058451513773972, 0.3818300505051189],
    [0.7415311855993945, 0.2797053914892766],
    [0.9491079123427585, 0.1294849661688697],
  ].flatMap(([x = 0, w = 0]) => [
    { at: (1 - x) / 2, weight: w / 2 },
    { at: (1 + x) / 2, weight: w / 2 },
  ]),
];

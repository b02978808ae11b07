/** The normal law between two bounds in double precision, for host code. */
import { continuedFraction, gammaShares } from './gamma.js';

/** From here on the fraction converges fast. */
const FAR = 3;

/** log Φ(−x) for x ≥ 0 (DLMF 7.9.2 in the tail). */
export const logTail = (x: number): number => {
  if (x === Infinity) return -Infinity;
  if (x < FAR) return Math.log(gammaShares(0.5, (x * x) / 2).above / 2);
  const fraction = continuedFraction(x, (k) => [k, x]);
  return -(x * x) / 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(fraction);
};

const logShare = (x: number): number => (x < 0 ? logTail(-x) : Math.log1p(-Math.exp(logTail(x))));

const logDensity = (x: number): number => -(x * x) / 2 - 0.5 * Math.log(2 * Math.PI);

/** log((1 − u) eᵃ + u eᵇ) for a ≤ b. */
const between = (u: number, a: number, b: number): number =>
  a === -Infinity ? b + Math.log(u) : b + Math.log(u + (1 - u) * Math.exp(a - b));

const MOST_STEPS = 200;

/** The t from low to high with log Φ(t) = share ≤ log ½, by Newton's method, halving where it would leave. */
const solve = (share: number, low: number, high: number): number => {
  let [a, b] = [Math.max(low, -Math.sqrt(-2 * share) - 1), Math.min(high, 0)];
  let t = Math.min(b, Math.max(a, -Math.sqrt(Math.max(0, -2 * share - 1.4))));
  for (let i = 0; i < MOST_STEPS; i += 1) {
    const value = logShare(t);
    if (value < share) a = t;
    else b = t;
    const next = t - (value - share) / Math.exp(logDensity(t) - value);
    const step = next > a && next < b ? next : (a + b) / 2;
    if (Math.abs(step - t) <= 1e-14 * (1 + Math.abs(t))) return step;
    t = step;
  }
  return t;
};

/** The t with log Φ(t) = share ≤ log ½. */
export const normalQuantileOfLog = (share: number): number => solve(share, -Infinity, Infinity);

/**
 * The t from low to high below which there is a share u of what a standard normal law has between them: seen from
 * the side that has less of the law, which nothing is subtracted for.
 */
export const truncatedQuantile = (u: number, low: number, high: number): number => {
  if (!(u >= 0 && u <= 1 && low < high)) return Number.NaN;
  if (u === 0) return low;
  if (u === 1) return high;
  const below = between(u, logShare(low), logShare(high));
  if (below <= -Math.LN2) return solve(below, low, high);
  const above = between(1 - u, logShare(-high), logShare(-low));
  return -solve(Math.min(above, -Math.LN2), -high, -low);
};

/** Quantiles of gamma laws in double precision, for host code. */
import { type Shares, TEMME_FROM, binetOf, logGamma, logGammaShares } from './gamma.js';
import { normalQuantileOfLog } from './normal.js';

/** log of xᵃ e^−x / Γ(a) by log x, in the form that does not cancel for large a. */
const logEdge = (a: number, log: number): number => {
  const r = log - Math.log(a);
  return 0.5 * Math.log(a / (2 * Math.PI)) - binetOf(a) - a * (Math.expm1(r) - r);
};

const MOST_STEPS = 200;

/** Below what P has by its first term, at the mode of log x, and of a large a where a normal law has it. */
const startOf = (target: number, a: number, isLow: boolean): number => {
  if (a >= TEMME_FROM) {
    const z = normalQuantileOfLog(Math.min(target, -Math.LN2));
    return Math.log(a) + (isLow ? z : -z) / Math.sqrt(a);
  }
  return isLow ? (target + logGamma(a + 1)) / a : Math.log(a);
};

/**
 * log of the x below which there is this share of a gamma law with concentration a and rate 1, and above which the
 * other; they sum to 1. Newton's method by log P, or log Q where that is smaller: both are concave in log x, so that
 * after one step there is no turn.
 */
export const logGammaQuantile = ({ below, above }: Shares, a: number): number => {
  if (!(a > 0 && below >= 0 && above >= 0)) return Number.NaN;
  if (below === 0) return -Infinity;
  if (above === 0) return Infinity;
  const isLow = below <= above;
  const target = Math.log(isLow ? below : above);
  let y = startOf(target, a, isLow);
  for (let i = 0; i < MOST_STEPS && y > -700; i += 1) {
    const shares = logGammaShares(a, Math.exp(y));
    const log = isLow ? shares.below : shares.above;
    const step = ((isLow ? 1 : -1) * (target - log)) / Math.exp(logEdge(a, y) - log);
    if (!Number.isFinite(step)) return y;
    y += step;
    if (Math.abs(step) <= 1e-12 * (1 + Math.abs(y))) return y;
  }
  return y;
};

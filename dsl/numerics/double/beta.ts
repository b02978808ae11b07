/** The shares of beta laws and their quantiles in double precision, for host code. */
import { type Shares, binetOf, continuedFraction } from './gamma.js';

/** d − log(1 + d), by 1 + d where that is small. */
const excess = (d: number, whole: number): number =>
  d - (d < -0.5 ? Math.log(whole) : Math.log1p(d));

/** log of xᵃ (1 − x)ᵇ / B(a, b) in Loader's form, which does not cancel for large a and b. */
const logEdge = (a: number, b: number, x: number, rest: number): number => {
  const n = a + b;
  const gap = b * x - a * rest;
  const fit = a * excess(gap / a, (n * x) / a) + b * excess(-gap / b, (n * rest) / b);
  const constant = 0.5 * Math.log(((a / n) * b) / (2 * Math.PI));
  return constant + binetOf(n) - binetOf(a) - binetOf(b) - fit;
};

/** log Iₓ(a, b) by its fraction, which converges fast below the mean (DLMF 8.17.22). */
const logBelowMean = (a: number, b: number, x: number, rest: number): number => {
  const fraction = continuedFraction(1, (k) => {
    const m = Math.floor(k / 2);
    const even = (m * (b - m)) / ((a + k - 1) * (a + k));
    const odd = -((a + m) * (a + b + m)) / ((a + k - 1) * (a + k));
    return [(k % 2 === 0 ? even : odd) * x, 1];
  });
  return logEdge(a, b, x, rest) - Math.log(a * fraction);
};

/** log(1 − eˡ) for l ≤ 0. */
const logRest = (l: number): number =>
  l > -Math.LN2 ? Math.log(-Math.expm1(l)) : Math.log1p(-Math.exp(l));

/**
 * The logarithms of the shares of a beta law with concentrations a and b below x and above it; `rest` is 1 − x, where
 * that cancels.
 */
export const logBetaShares = (a: number, b: number, x: number, rest: number): Shares => {
  if (!(a > 0 && b > 0 && x >= 0 && rest >= 0)) return { below: Number.NaN, above: Number.NaN };
  if (x === 0) return { below: -Infinity, above: 0 };
  if (rest === 0 || (b === Infinity && a < b)) return { below: 0, above: -Infinity };
  if (x < (a + 1) / (a + b + 2)) {
    const below = logBelowMean(a, b, x, rest);
    return { below, above: logRest(Math.min(0, below)) };
  }
  const above = logBelowMean(b, a, rest, x);
  return { below: logRest(Math.min(0, above)), above };
};

/** The shares themselves, likewise. Whichever is smaller has a relative error of about 1e-8 at most. */
export const betaShares = (a: number, b: number, x: number, rest: number): Shares => {
  const { below, above } = logBetaShares(a, b, x, rest);
  return { below: Math.exp(below), above: Math.exp(above) };
};

const MOST_STEPS = 200;

/** log Γ(a + 1) + log Γ(b) − log Γ(a + b). */
const logLeading = (a: number, b: number): number => {
  const n = a + b;
  const stirling = (x: number): number => (x - 0.5) * Math.log(x) - x + binetOf(x);
  return Math.log(a) + stirling(a) + stirling(b) - stirling(n) + 0.5 * Math.log(2 * Math.PI);
};

/**
 * The logit of the x with log Iₓ(a, b) = `log`: Newton's method from the left, where it goes up without a turn, for
 * log I is concave in the logit and below what its first term says.
 */
const logitOfLog = (log: number, a: number, b: number): number => {
  let l = (log + logLeading(a, b)) / a;
  for (let i = 0; i < MOST_STEPS && l > -700; i += 1) {
    const [x, rest] = [1 / (1 + Math.exp(-l)), 1 / (1 + Math.exp(l))];
    const { below } = logBetaShares(a, b, x, rest);
    const step = (log - below) / Math.exp(logEdge(a, b, x, rest) - below);
    if (!Number.isFinite(step)) return l;
    l += step;
    if (Math.abs(step) <= 1e-13 * (1 + Math.abs(l))) return l;
  }
  return l;
};

/** The logit of the x below which there is this share of a beta law, and above which the other; they sum to 1. */
export const betaLogit = ({ below, above }: Shares, a: number, b: number): number => {
  if (!(a > 0 && b > 0 && below >= 0 && above >= 0)) return Number.NaN;
  if (below === 0) return -Infinity;
  if (above === 0) return Infinity;
  return below <= above ? logitOfLog(Math.log(below), a, b) : -logitOfLog(Math.log(above), b, a);
};

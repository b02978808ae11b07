/** Quantiles of laws over whole numbers in double precision, for host code. */
import { betaShares } from './beta.js';
import { type Shares, gammaShares } from './gamma.js';
import { normalQuantileOfLog } from './normal.js';

interface CountLaw {
  /** The chance of a number up to k, and of a larger one. */
  readonly at: (k: number) => Shares;
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
  readonly most: number;
}

/** What is wanted of a quantile: the smaller of the shares up to it and beyond it, and a normal number with them. */
interface Wanted {
  readonly tail: number;
  readonly isBelow: boolean;
  readonly normal: number;
}

/** Φ(e) of the law up to it. */
export const byNoise = (e: number): Wanted => ({
  tail: gammaShares(0.5, (e * e) / 2).above / 2,
  isBelow: e <= 0,
  normal: e,
});

/** Shares that float32 hardly tells apart are one, so that the quantile of a share up to k is k. */
const SAME = 2 ** -22;

/** A share u of the law up to it. */
export const byShare = (u: number): Wanted => {
  const isBelow = u <= 0.5;
  const tail = isBelow ? u : 1 - u;
  const z = normalQuantileOfLog(Math.log(tail));
  return {
    tail: isBelow ? tail * (1 - SAME) : tail + SAME,
    isBelow,
    normal: u >= 0 && u <= 1 ? (isBelow ? z : -z) : Number.NaN,
  };
};

/**
 * The least k from 0 to `most` with P(X ≤ k) as large as is wanted: where one starts by the first terms of Cornish and
 * Fisher, further steps of double length about it, and bisection. Above the median the upper shares are compared, which
 * do not round to 1.
 */
const quantile = (
  { tail, isBelow, normal: e }: Wanted,
  { at, mean, deviation, skewness, most }: CountLaw,
): number => {
  if (Number.isNaN(e + mean)) return Number.NaN;
  if (Math.abs(e) === Infinity) return isBelow ? 0 : most;
  const isReached = (k: number): boolean =>
    k >= most || (k >= 0 && (isBelow ? at(k).below >= tail : at(k).above <= tail));
  const start = Math.floor(mean + deviation * (e + (skewness * (e * e - 1)) / 6));
  let [low, high] = [Math.min(most, Math.max(0, start)), Math.min(most, Math.max(0, start))];
  for (let step = 1; low >= 0 && isReached(low); step *= 2) [low, high] = [low - step, low];
  for (let step = 1; !isReached(high); step *= 2) [low, high] = [high, high + step];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isReached(middle)) high = middle;
    else low = middle;
  }
  return Math.max(0, high);
};

/** That of a Poisson law, whose sums are shares of gamma laws (DLMF 8.4.10). */
export const poissonQuantile = (wanted: Wanted, rate: number): number => {
  if (rate === 0) return 0;
  return quantile(wanted, {
    at: (k) => {
      const { below, above } = gammaShares(k + 1, rate);
      return { below: above, above: below };
    },
    mean: rate,
    deviation: Math.sqrt(rate),
    skewness: 1 / Math.sqrt(rate),
    most: Infinity,
  });
};

/** That of a binomial law by the chances of a one and of none, whose sums are shares of beta laws (DLMF 8.17.5). */
export const binomialQuantileOf = (
  wanted: Wanted,
  count: number,
  on: number,
  off: number,
): number => {
  if (count === 0 || on === 0) return 0;
  if (off === 0) return count;
  // The smaller says what both are.
  const [p, q] = on < off ? [on, 1 - on] : [1 - off, off];
  const deviation = Math.sqrt(count * p * q);
  return quantile(wanted, {
    at: (k) => {
      const { below, above } = betaShares(k + 1, count - k, p, q);
      return { below: above, above: below };
    },
    mean: count * p,
    deviation,
    skewness: (q - p) / deviation,
    most: count,
  });
};

/** The same by log odds, which are right at either end. */
export const binomialQuantile = (wanted: Wanted, count: number, logits: number): number =>
  binomialQuantileOf(wanted, count, 1 / (1 + Math.exp(-logits)), 1 / (1 + Math.exp(logits)));

/** log(eᵃ + eᵇ). */
const logSum = (a: number, b: number): number => {
  const most = Math.max(a, b);
  return most === -Infinity ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
};

/**
 * How many of `total` things fall into each class by these logarithms of weights, written to `out` from `at` on: of
 * what the classes before have left, each takes the binomial quantile of its own normal number.
 */
export const multinomialQuantile = (
  e: ArrayLike<number>,
  total: number,
  logWeights: ArrayLike<number>,
  out: { [at: number]: number },
  at: number,
  classes: number,
): void => {
  const later = new Float64Array(classes).fill(-Infinity);
  for (let k = classes - 2; k >= 0; k -= 1) {
    later[k] = logSum(later[k + 1] ?? -Infinity, logWeights[at + k + 1] ?? Number.NaN);
  }
  let left = total;
  for (let k = 0; k < classes - 1; k += 1) {
    const own = logWeights[at + k] ?? Number.NaN;
    const odds = own === -Infinity ? own : own - (later[k] ?? Number.NaN);
    const taken = binomialQuantile(byNoise(e[at + k] ?? Number.NaN), left, odds);
    out[at + k] = taken;
    left -= taken;
  }
  out[at + classes - 1] = left;
};

/** That of a negative binomial law by its concentration and the shares of it and of the mean in their sum. */
export const negativeBinomialQuantileOf = (
  wanted: Wanted,
  concentration: number,
  own: number,
  others: number,
): number => {
  const [x, rest] = own < others ? [own, 1 - own] : [1 - others, others];
  const mean = (concentration * rest) / x;
  if (mean === 0) return 0;
  return quantile(wanted, {
    at: (k) => betaShares(concentration, k + 1, x, rest),
    mean,
    deviation: Math.sqrt(mean / x),
    skewness: (1 + rest) / Math.sqrt(concentration * rest),
    most: Infinity,
  });
};

/** The same by its mean. */
export const negativeBinomialQuantile = (
  wanted: Wanted,
  mean: number,
  concentration: number,
): number => {
  const whole = mean + concentration;
  return negativeBinomialQuantileOf(wanted, concentration, concentration / whole, mean / whole);
};

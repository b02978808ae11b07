/** Quantiles of laws over whole numbers in double precision, for host code. */
import { betaShares } from './beta.js';
import { type Shares, gammaShares } from './gamma.js';

interface CountLaw {
  /** The chance of a number up to k, and of a larger one. */
  readonly at: (k: number) => Shares;
  readonly mean: number;
  readonly deviation: number;
  readonly skewness: number;
  readonly most: number;
}

/**
 * The least k from 0 to `most` with P(X ≤ k) ≥ Φ(e): where one starts by the first terms of Cornish and Fisher,
 * further steps of double length about it, and bisection. Above the median the upper shares are compared, which do
 * not round to 1.
 */
const quantile = (e: number, { at, mean, deviation, skewness, most }: CountLaw): number => {
  if (Number.isNaN(e + mean)) return Number.NaN;
  const tail = gammaShares(0.5, (e * e) / 2).above / 2;
  const isReached = (k: number): boolean =>
    k >= most || (k >= 0 && (e <= 0 ? at(k).below >= tail : at(k).above <= tail));
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
export const poissonQuantile = (e: number, rate: number): number => {
  if (rate === 0) return 0;
  return quantile(e, {
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

/** That of a binomial law by its log odds, whose sums are shares of beta laws (DLMF 8.17.5). */
export const binomialQuantile = (e: number, count: number, logits: number): number => {
  const [p, q] = [1 / (1 + Math.exp(-logits)), 1 / (1 + Math.exp(logits))];
  if (count === 0 || p === 0) return 0;
  if (q === 0) return count;
  const deviation = Math.sqrt(count * p * q);
  return quantile(e, {
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

/** That of a negative binomial law by its mean and concentration, whose sums are shares of beta laws (DLMF 8.17.5). */
export const negativeBinomialQuantile = (
  e: number,
  mean: number,
  concentration: number,
): number => {
  if (mean === 0) return 0;
  const whole = mean + concentration;
  const [stop, go] = [concentration / whole, mean / whole];
  const variance = mean + (mean * mean) / concentration;
  return quantile(e, {
    at: (k) => betaShares(concentration, k + 1, stop, go),
    mean,
    deviation: Math.sqrt(variance),
    skewness: (1 + go) / Math.sqrt(concentration * go),
    most: Infinity,
  });
};

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
    const taken = binomialQuantile(e[at + k] ?? Number.NaN, left, odds);
    out[at + k] = taken;
    left -= taken;
  }
  out[at + classes - 1] = left;
};

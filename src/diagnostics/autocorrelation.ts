/** How many independent numbers an autocorrelated series is worth. */

/** Σ x_i x_{i+lag} / n. */
const autocovariance = (xs: readonly number[], lag: number): number => {
  let sum = 0;
  for (let i = 0; i + lag < xs.length; i += 1) sum += (xs[i] ?? 0) * (xs[i + lag] ?? 0);
  return sum / xs.length;
};

/**
 * τ = 1 + 2 Σ_k ρ_k of a series of mean 0, at least 1: the variance of its mean is τ / n times its own.
 * The sum ends by the initial monotone sequence.
 *
 * Source: Geyer 1992, Practical Markov Chain Monte Carlo, section 3.3, doi:10.1214/ss/1177011137.
 *
 * @example
 * ```ts
 * autocorrelationTime([1, -1, 1, -1]); // 1
 * ```
 */
export const autocorrelationTime = (centred: readonly number[]): number => {
  const variance = autocovariance(centred, 0);
  if (!(variance > 0)) return 1;
  let sum = 0;
  let before = Infinity;
  for (let lag = 0; lag + 1 < centred.length; lag += 2) {
    const pair = (autocovariance(centred, lag) + autocovariance(centred, lag + 1)) / variance;
    if (pair <= 0) break;
    before = Math.min(before, pair);
    sum += before;
  }
  return Math.max(1, 2 * sum - 1);
};

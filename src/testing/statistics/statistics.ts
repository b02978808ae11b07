/** Thresholds of statistical tests, with bounds on their false alarms that hold for every sample size. */

/**
 * The largest distance between an empirical and a true distribution function that has at least
 * probability `alarm`: √(log(2 / alarm) / 2n).
 *
 * Source: Massart 1990, "The tight constant in the Dvoretzky-Kiefer-Wolfowitz inequality",
 * doi:10.1214/aop/1176990746.
 *
 * @example
 * ```ts
 * distanceThreshold(4000, 1e-6); // 0.042586
 * ```
 */
export const distanceThreshold = (draws: number, alarm: number): number =>
  Math.sqrt(Math.log(2 / alarm) / (2 * draws));

/**
 * How far the mean of bounded terms may be off: the t with 2 exp(−n t² / (2 (variance + range t / 3)))
 * = alarm, for terms that are at most `range` away from their mean.
 *
 * Source: Bernstein's inequality; Boucheron, Lugosi, Massart, Concentration Inequalities, section 2.8.
 *
 * @example
 * ```ts
 * meanThreshold(4000, 1 / 12, 1 / 2, 1e-6); // 0.0252
 * ```
 */
export const meanThreshold = (
  draws: number,
  variance: number,
  range: number,
  alarm: number,
): number => {
  const nats = Math.log(2 / alarm) / draws;
  const linear = (range * nats) / 3;
  return linear + Math.sqrt(linear ** 2 + 2 * variance * nats);
};

/**
 * How far the mean of terms that lie in an interval of length `range` may be off, from their own sample
 * variance: √(2 V log(4 / alarm) / n) + 7 range log(4 / alarm) / (3 (n − 1)).
 *
 * Source: Maurer and Pontil 2009, "Empirical Bernstein bounds and sample variance penalization", theorem
 * 4, on both sides, arXiv:0907.3740.
 *
 * @example
 * ```ts
 * sampledMeanThreshold(4000, 1 / 12, 1, 1e-6); // 0.0340375
 * ```
 */
export const sampledMeanThreshold = (
  draws: number,
  sampleVariance: number,
  range: number,
  alarm: number,
): number => {
  const nats = Math.log(4 / alarm);
  return Math.sqrt((2 * sampleVariance * nats) / draws) + (7 * range * nats) / (3 * (draws - 1));
};

/**
 * How many standard errors a mean may be off, √(2 log(2 / alarm)): exact for sub-Gaussian terms, and
 * for others as far as their sum is.
 *
 * @example
 * ```ts
 * standardErrors(1e-6); // 5.386772
 * ```
 */
export const standardErrors = (alarm: number): number => Math.sqrt(2 * Math.log(2 / alarm));

/**
 * The threshold of n KL(observed ‖ expected), half the likelihood-ratio chi-square, over `cells`
 * cells: the x with e^−x (e x / (k − 1))^(k − 1) = alarm.
 *
 * Source: Agrawal 2020, "Finite-sample concentration of the multinomial in relative entropy",
 * theorem 1.2, arXiv:1904.02291.
 *
 * @example
 * ```ts
 * divergenceThreshold(2, 1e-6); // 17.68842
 * ```
 */
export const divergenceThreshold = (cells: number, alarm: number): number => {
  const k = Math.max(1, cells - 1);
  const excess = (x: number): number => -x + k * (1 + Math.log(x / k)) - Math.log(alarm);
  const refine = (low: number, high: number, steps: number): number => {
    const middle = (low + high) / 2;
    if (steps === 0) return high;
    return excess(middle) > 0 ? refine(middle, high, steps - 1) : refine(low, middle, steps - 1);
  };
  return refine(k, 4 * k - 4 * Math.log(alarm), 60);
};

/**
 * n KL(observed ‖ expected) of counts against probabilities; +∞ where an impossible cell was hit.
 * Half of the likelihood-ratio chi-square statistic.
 */
export const countDivergence = (
  counts: readonly number[],
  probabilities: readonly number[],
): number => {
  const n = counts.reduce((a, b) => a + b, 0);
  return counts.reduce((total, count, i) => {
    const p = probabilities[i] ?? 0;
    return count === 0 ? total : total + count * Math.log(count / (n * Math.max(p, 0)));
  }, 0);
};

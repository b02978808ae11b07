/**
 * A sequential test of means: it may look after every batch of draws, and still raises a false alarm
 * with at most the chance that was asked for, over the whole run.
 *
 * Each batch mean is one observation. Against the claim "the mean is μ₀" stands a normal law of mean
 * μ₀ + δσ with δ ~ N(0, 1) and σ unknown. The ratio of the two marginal likelihoods after n
 * observations, both under the right Haar prior dσ/σ, depends on Student's t alone:
 *
 *   E_n = (1 + n)^(−1/2) ((1 + t²/ν) / (1 + t²/(ν(1 + n))))^((ν + 1)/2),  ν = n − 1.
 *
 * Where batch means are normal, of any variance, E_n has mean 1 at every stopping time under the
 * claim, so P(some E_n ≥ 1/a) ≤ a by Ville's inequality. A claim about a set of means is dropped only
 * where every mean of the set is, which costs nothing: the nearest to what was found decides.
 *
 * - Validity: exact for normal batch means. Otherwise as good as the central limit theorem within a
 *   batch, which needs a finite variance; of draws as skewed as an exponential's a batch of 64 holds
 *   what is stated here (tests simulate that). Draws that are heavy-tailed need larger batches.
 * - Power: at a = 1e-6 and 24 batches a mean that is 10.5 standard errors of all draws away is found
 *   nine times in ten, so 2560 draws find a shift of a fifth of their standard deviation.
 *
 * Sources: Lai 1976, On Confidence Sequences, doi:10.1214/aos/1176343406; Gönen et al. 2005, The Bayesian
 * Two-Sample t Test; Pérez-Ortiz et al., E-Statistics, Group Invariance and Anytime Valid Testing,
 * arXiv:2208.07610; Wang and Ramdas, Anytime-Valid t-Tests, arXiv:2310.03722.
 */

/** What is claimed of a mean: that it is 0, at most 0, or at least 0, give or take `tolerance`. */
export interface MeanClaim {
  readonly sign: 'zero' | 'atMost' | 'atLeast';
  /** How far rounding may put the mean from what is claimed. */
  readonly tolerance: number;
}

/** Where a claim was dropped. */
export interface Refuted {
  /** Which mean. */
  readonly index: number;
  readonly mean: number;
  readonly standardError: number;
  readonly batches: number;
}

/** Fewer batches say too little of their variance. */
const FEWEST = 8;

/**
 * log E_n for n observations whose mean is `excess` beyond the claim, with standard deviation `sd`.
 *
 * @example
 * ```ts
 * logEvidenceAgainst(40, 0, 1); // -1.856786
 * ```
 */
export const logEvidenceAgainst = (n: number, excess: number, sd: number): number => {
  const growth = Math.log1p(n);
  if (excess === 0) return -growth / 2;
  const nu = n - 1;
  const square = (n * excess * excess) / (sd * sd);
  const gain = Number.isFinite(square)
    ? Math.log1p(square / nu) - Math.log1p(square / (nu * (1 + n)))
    : growth;
  return -growth / 2 + (n / 2) * gain;
};

/** How far a mean is from what is claimed. */
const excessOf = (mean: number, { sign, tolerance }: MeanClaim): number => {
  switch (sign) {
    case 'zero':
      return Math.max(0, Math.abs(mean) - tolerance);
    case 'atMost':
      return Math.max(0, mean - tolerance);
    case 'atLeast':
      return Math.max(0, -mean - tolerance);
  }
};

interface Running {
  readonly count: number;
  readonly mean: number;
  /** Σ (x − mean)². */
  readonly squares: number;
}

const added = ({ count, mean, squares }: Running, x: number): Running => {
  const next = mean + (x - mean) / (count + 1);
  return { count: count + 1, mean: next, squares: squares + (x - mean) * (x - next) };
};

/** How a test of means is run. */
export interface SequentialOptions {
  /** The chance that claims which hold are dropped all the same, over all means and all looks. */
  readonly falseAlarm: number;
  readonly batches: number;
}

/**
 * Tests claims about the means of some quantities, a batch at a time: `observe(b)` gives the mean of
 * each over batch b. Nothing where all claims stand; a NaN, or an infinity on the wrong side, drops its
 * claim at once.
 *
 * @example
 * ```ts
 * const draws = randomNormal(key(0), 40);
 * const zero = [{ sign: 'zero', tolerance: 0 }] as const;
 * const mean = (shift: number) => (b: number) => [shift + (draws[b] ?? NaN)];
 * testMeans(zero, mean(0), { falseAlarm: 1e-6, batches: 40 }); // undefined
 * (testMeans(zero, mean(9), { falseAlarm: 1e-6, batches: 40 })?.mean ?? 0) > 8; // true
 * ```
 */
export const testMeans = (
  claims: readonly MeanClaim[],
  observe: (batch: number) => readonly number[],
  { falseAlarm, batches }: SequentialOptions,
): Refuted | undefined => {
  const threshold = Math.log(claims.length / falseAlarm);
  let running: readonly Running[] = claims.map(() => ({ count: 0, mean: 0, squares: 0 }));
  for (let b = 0; b < batches; b += 1) {
    const seen = observe(b);
    running = running.map((r, i) => added(r, seen[i] ?? Number.NaN));
    for (const [index, claim] of claims.entries()) {
      const { count, mean, squares } = running[index] ?? { count: 0, mean: 0, squares: 0 };
      const sd = Math.sqrt(squares / Math.max(1, count - 1));
      const found = { index, mean, standardError: sd / Math.sqrt(count), batches: count };
      const value = seen[index] ?? Number.NaN;
      const excess = excessOf(Number.isFinite(value) ? mean : value, claim);
      if (Number.isNaN(excess) || excess === Infinity) {
        return { ...found, mean: value, standardError: Number.NaN };
      }
      if (count >= FEWEST && logEvidenceAgainst(count, excess, sd) >= threshold) return found;
    }
  }
  return undefined;
};

/** Shares of the capital that are staked on each draw. */
const STAKES = [0.02, 0.05, 0.1, 0.2, 0.4, 0.8];

/**
 * Tests that numbers of 0 or more have a mean of at most 1, by betting against it: the capital
 * Π (1 + λ (x − 1)), averaged over stakes λ, has mean 1 or less at every time, so it ever reaches 1/a
 * with a chance of at most a. No condition on the law of the numbers. Gives after how many draws the
 * claim was dropped, or nothing where it stands.
 *
 * Source: Waudby-Smith and Ramdas 2024, Estimating Means of Bounded Random Variables by Betting,
 * arXiv:2010.09686.
 *
 * @example
 * ```ts
 * betAgainstUnitMean(Array.from({ length: 100 }, () => 1.5), 1e-6); // 47
 * ```
 */
export const betAgainstUnitMean = (xs: readonly number[], alarm: number): number | undefined => {
  const goal = -Math.log(alarm);
  let capitals: readonly number[] = STAKES.map(() => 0);
  for (const [i, x] of xs.entries()) {
    capitals = capitals.map((c, k) => c + Math.log1p((STAKES[k] ?? 0) * (x - 1)));
    const peak = Math.max(...capitals);
    const mean = capitals.reduce((sum, c) => sum + Math.exp(c - peak), 0) / STAKES.length;
    // A NaN is no number to bet on.
    if (!(peak + Math.log(mean) < goal)) return i + 1;
  }
  return undefined;
};

/** Tests of whether numbers in (0, 1) are uniform, or at least symmetric about ½. */

/** A test's statistic and the probability of one as large where nothing is wrong. */
export interface TestResult {
  readonly statistic: number;
  readonly pValue: number;
}

const sumOver = (count: number, f: (j: number) => number): number =>
  Array.from({ length: count }, (_, i) => f(i + 1)).reduce((a, b) => a + b, 0);

/** P(sup |Brownian bridge| > x), from whichever series converges quickly. */
const bridgeExceeds = (x: number): number => {
  if (x <= 0) return 1;
  if (x < 1.18) {
    const below = sumOver(4, (j) => Math.exp(-(((2 * j - 1) * Math.PI) ** 2) / (8 * x * x)));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * below;
  }
  return 2 * sumOver(100, (j) => (j % 2 === 1 ? 1 : -1) * Math.exp(-2 * (j * x) ** 2));
};

/**
 * The Kolmogorov-Smirnov test that numbers are uniform on (0, 1): the largest distance D between
 * their distribution function and the uniform one.
 *
 * - The p-value is that of (√n + 0.12 + 0.11/√n) D under the limit law, accurate for n of 5 or more.
 * - Source: Stephens 1970, Use of the Kolmogorov-Smirnov, Cramér-von Mises and related statistics
 *   without extensive tables, doi:10.1111/j.2517-6161.1970.tb00821.x.
 *
 * @example
 * ```ts
 * uniformityTest([0.1, 0.3, 0.5, 0.7, 0.9]).statistic; // 0.1
 * ```
 */
export const uniformityTest = (values: readonly number[]): TestResult => {
  const n = values.length;
  const statistic = [...values]
    .toSorted((a, b) => a - b)
    .reduce((most, u, i) => Math.max(most, (i + 1) / n - u, u - i / n), 0);
  const root = Math.sqrt(n);
  return { statistic, pValue: bridgeExceeds((root + 0.12 + 0.11 / root) * statistic) };
};

/** P(max_{k ≤ n} |S_k| ≥ height) of a symmetric walk of n steps ±1, by counting paths that stay inside. */
const walkExceeds = (steps: number, height: number): number => {
  if (height <= 0) return 1;
  const size = 2 * height + 1;
  let inside = new Float64Array(size);
  inside[height] = 1;
  for (let k = 0; k < steps; k += 1) {
    const next = new Float64Array(size);
    // The edges absorb: a path that touched them counts as outside.
    for (let s = 1; s < size - 1; s += 1) {
      const up = s + 1 < size - 1 ? (inside[s + 1] ?? 0) : 0;
      const down = s - 1 > 0 ? (inside[s - 1] ?? 0) : 0;
      next[s] = (up + down) / 2;
    }
    inside = next;
  }
  return Math.max(0, 1 - inside.reduce((a, b) => a + b, 0));
};

/**
 * Butler's test that numbers in (0, 1) are symmetric about ½: D = sup |F(u) + F(1 − u) − 1|, whose law
 * is that of the largest excursion of a random walk, counted exactly.
 *
 * - What a biased posterior breaks and a merely too wide or too narrow one does not. A two-sample
 *   test of u against 1 − u would take them for independent and raise twice as many false alarms.
 * - Source: Butler 1969, A Test for Symmetry Using the Sample Distribution Function, The Annals of
 *   Mathematical Statistics 40(6); for posteriors, Yao et al. 2018, section 3.3, arXiv:1802.02538.
 *
 * @example
 * ```ts
 * symmetryTest([0.1, 0.35, 0.6, 0.85]).pValue; // 1
 * symmetryTest(Array.from({ length: 20 }, (_, i) => 0.5 + (i + 1) / 50)).pValue < 1e-5; // true
 * ```
 */
export const symmetryTest = (values: readonly number[]): TestResult => {
  const outermost = values.map((u) => u - 0.5).toSorted((a, b) => Math.abs(b) - Math.abs(a));
  let sum = 0;
  let height = 0;
  for (const [i, x] of outermost.entries()) {
    sum += Math.sign(x);
    // Numbers that lie equally far from the middle count together.
    const next = outermost[i + 1];
    if (next === undefined || Math.abs(next) < Math.abs(x))
      height = Math.max(height, Math.abs(sum));
  }
  return { statistic: height / values.length, pValue: walkExceeds(values.length, height) };
};

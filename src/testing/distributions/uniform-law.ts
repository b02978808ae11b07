/** Values of a distribution function at sound draws are uniform. Statistical. */
import { broken, expectClose } from '../law/law.js';
import { mean } from '../statistics/numbers.js';
import { distanceThreshold, meanThreshold } from '../statistics/statistics.js';
import { type Subject, claim } from './subject.js';

/** F(z) of sound draws is uniform on the unit interval: its mean, and the mean of (F − ½)². */
const uniformMoments = [
  { name: 'F', of: (f: number) => f, mean: 1 / 2, variance: 1 / 12, range: 1 / 2 },
  {
    name: '(F − ½)²',
    of: (f: number) => (f - 0.5) ** 2,
    mean: 1 / 12,
    variance: 1 / 180,
    range: 1 / 6,
  },
] as const;

const largestGap = (sortedShares: readonly number[]): number =>
  sortedShares.reduce(
    (most, f, i) => Math.max(most, f - i / sortedShares.length, (i + 1) / sortedShares.length - f),
    0,
  );

/**
 * Checks that values of a distribution function are uniform, by the Kolmogorov-Smirnov distance and by the
 * first two moments, which see a wrong scale sooner. `slack` is what the function may be off by.
 */
export const checkUniform = (
  subject: Subject,
  entry: number,
  values: readonly number[],
  rate: number,
  slack: number,
  of = '',
): void => {
  const law = claim('draws follow the density', subject);
  const alarm = rate / (1 + uniformMoments.length);
  const at = `${of}at batch entry ${entry}`;
  const shares = values.toSorted((a, b) => a - b);
  const distance = largestGap(shares);
  const threshold = distanceThreshold(shares.length, alarm) + slack;
  if (!(distance <= threshold)) {
    const expected = `a Kolmogorov-Smirnov distance of at most ${threshold} ${at}`;
    broken(law, expected, String(distance));
  }
  uniformMoments.forEach(({ name, of: f, mean: expected, variance, range }) => {
    const allowed = meanThreshold(shares.length, variance, range, alarm) + slack;
    const what = `the mean of ${name} ${at}`;
    expectClose(law, what, mean(shares.map(f)), expected, { absolute: allowed, relative: 0 });
  });
};

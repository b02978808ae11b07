/** The shares of beta laws in double precision, for host code. */
import { type Shares, continuedFraction, logGamma } from './gamma.js';

/** Iₓ(a, b) by its fraction, which converges fast below the mean (DLMF 8.17.22). */
const belowMean = (a: number, b: number, x: number, rest: number): number => {
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  const edge = Math.exp(a * Math.log(x) + b * Math.log(rest) - logBeta);
  const fraction = continuedFraction(1, (k) => {
    const m = Math.floor(k / 2);
    const even = (m * (b - m)) / ((a + k - 1) * (a + k));
    const odd = -((a + m) * (a + b + m)) / ((a + k - 1) * (a + k));
    return [(k % 2 === 0 ? even : odd) * x, 1];
  });
  return edge / (a * fraction);
};

/**
 * The shares of a beta law with concentrations a and b below x and above it; `rest` is 1 − x, where that
 * cancels. Whichever is smaller has a relative error of about 1e-8 at most.
 */
export const betaShares = (a: number, b: number, x: number, rest: number): Shares => {
  if (!(a > 0 && b > 0 && x >= 0 && rest >= 0)) return { below: Number.NaN, above: Number.NaN };
  if (x === 0) return { below: 0, above: 1 };
  if (rest === 0) return { below: 1, above: 0 };
  if (x < (a + 1) / (a + b + 2)) {
    const below = belowMean(a, b, x, rest);
    return { below, above: 1 - below };
  }
  const above = belowMean(b, a, rest, x);
  return { below: 1 - above, above };
};

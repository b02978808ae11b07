/** The exponential integral in double precision, for host code. */
import { continuedFraction } from './gamma.js';

const EULER_GAMMA = 0.5772156649015329;

/** Up to here the series is exact to rounding. */
const SMALL = 1;

/** From here on the derivatives by recurrence would cancel, and the asymptotic series has them all. */
const LARGE = 40;

/** eˣ E₁(x) (DLMF 6.6.2 and 6.9.1). */
const scaled = (x: number): number => {
  if (x > SMALL) return 1 / continuedFraction(x + 1, (k) => [-k * k, x + 2 * k + 1]);
  let [term, sum] = [1, 0];
  for (let k = 1; k < 30; k += 1) {
    term *= -x / k;
    sum -= term / k;
  }
  return Math.exp(x) * (sum - EULER_GAMMA - Math.log(x));
};

/**
 * The derivative of this order of eˣ E₁(x), (−1)ᵏ ∫₀^∞ tᵏ e^(−x t) / (1 + t) dt: each is the one before and
 * (−1)ᵏ (k − 1)! / xᵏ.
 */
export const expintSlope = (order: number, x: number): number => {
  if (!(x > 0)) return Number.NaN;
  if (x > LARGE) {
    // Terms (n + k)! / x^(n + k + 1) with signs, until they grow.
    let [term, sum] = [1 / x, 0];
    for (let k = 1; k <= order; k += 1) term *= -k / x;
    for (let n = order + 1; Math.abs(term) > 1e-18 * Math.abs(sum) && n < x; n += 1) {
      sum += term;
      term *= -n / x;
    }
    return sum;
  }
  let [value, factor] = [scaled(x), 1];
  for (let k = 1; k <= order; k += 1) {
    factor *= k === 1 ? -1 / x : -(k - 1) / x;
    value += factor;
  }
  return value;
};

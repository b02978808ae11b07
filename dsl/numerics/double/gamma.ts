/** The gamma function and the shares of gamma laws in double precision, for host code. */

/** B₂ⱼ / (2j (2j − 1)): log Γ(x) is Stirling's formula and Σ cⱼ x^(1 − 2j). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156] as const;

/** From here on the series is exact to rounding. */
const LARGE = 10;

const stirlingRest = (x: number): number => {
  const square = 1 / (x * x);
  return STIRLING.reduceRight((sum, c) => sum * square + c, 0) / x;
};

const stirling = (x: number): number => (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI);

/** log Γ(x) for x > 0 (DLMF 5.11.1, and the recurrence below 10). */
export const logGamma = (x: number): number => {
  let [y, product] = [x, 1];
  for (; y < LARGE; y += 1) product *= y;
  return stirling(y) + stirlingRest(y) - Math.log(product);
};

/** Binet's function, what Stirling's formula leaves of log Γ(x). */
export const binetOf = (x: number): number =>
  x < LARGE ? logGamma(x) - stirling(x) : stirlingRest(x);

/** How much of a law lies below a number and above it, each without cancellation where it is small. */
export interface Shares {
  readonly below: number;
  readonly above: number;
}

const fromBelow = (below: number): Shares => ({ below, above: 1 - below });
const fromAbove = (above: number): Shares => ({ below: 1 - above, above });

/** Terms that a series or a fraction takes at most: more than are ever needed. */
const MOST_TERMS = 100_000;

/** Of a continued fraction, b₀ + a₁ / (b₁ + a₂ / (b₂ + …)), which starts at b₀ ≠ 0: Lentz's method. */
export const continuedFraction = (
  start: number,
  term: (k: number) => readonly [a: number, b: number],
): number => {
  let [value, c, d] = [start, start, 0];
  for (let k = 1; k < MOST_TERMS; k += 1) {
    const [a, b] = term(k);
    d = 1 / (b + a * d || 1e-300);
    c = b + a / c || 1e-300;
    const step = c * d;
    value *= step;
    if (Math.abs(step - 1) < 1e-15) break;
  }
  return value;
};

/** Taylor coefficients of C₀ and C₁ in Temme's expansion (DLMF 8.12.8 to 8.12.10). */
const NEAR = {
  first: [
    -1 / 3,
    1 / 12,
    -2 / 135,
    1 / 864,
    1 / 2835,
    -139 / 777600,
    1 / 25515,
    -571 / 261273600,
    -281 / 151559100,
    8.29671134095309e-7,
  ],
  second: [-1 / 540, -1 / 288, 1 / 378, -77 / 77760, 2.05761316872428e-4, -4.018775720164609e-7],
} as const;

const power = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, c) => sum * x + c, 0);

/** For large a: the normal tail at η √a with η² / 2 = μ − log(1 + μ) and μ = x / a − 1, and what it misses. */
const temme = (a: number, x: number): Shares => {
  const mu = (x - a) / a;
  const eta = Math.sign(mu) * Math.sqrt(2 * Math.max(0, mu - Math.log1p(mu)));
  const exponent = (a * eta * eta) / 2;
  const near = Math.abs(eta) < 0.3;
  const first = near ? power(NEAR.first, eta) : 1 / mu - 1 / eta;
  const second = near ? power(NEAR.second, eta) : eta ** -3 - mu ** -3 - mu ** -2 - 1 / (12 * mu);
  const rest = (Math.exp(-exponent) / Math.sqrt(2 * Math.PI * a)) * (first + second / a);
  const tail = gammaShares(0.5, exponent).above / 2;
  return mu < 0 ? fromBelow(tail - rest) : fromAbove(tail + rest);
};

/** From here on two terms of Temme's expansion are right to nine digits. */
export const TEMME_FROM = 1000;

/** log(xᵃ e^−x / Γ(a)). */
const edgeOf = (a: number, x: number): number => a * Math.log(x) - x - logGamma(a);

/** The share below x over that, by its series, which converges fast below a. */
const series = (a: number, x: number): number => {
  let [term, sum] = [1 / a, 1 / a];
  for (let k = 1; k < MOST_TERMS && term > sum * 1e-16; k += 1) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
};

/** It over the share above x, by its fraction, which converges fast above a. */
const fraction = (a: number, x: number): number =>
  continuedFraction(x + 1 - a, (k) => [-k * (k - a), x + 2 * k + 1 - a]);

/**
 * The shares of a gamma law with concentration a and rate 1 below x and above it, P(a, x) and Q(a, x): relative
 * errors below 1e-8 of both. NaN for a ≤ 0 and x < 0.
 *
 * Source: DLMF 8.7.1, 8.9.2 and, for large a, 8.12.3 to 8.12.10.
 */
export const gammaShares = (a: number, x: number): Shares => {
  if (!(a > 0 && x >= 0)) return { below: Number.NaN, above: Number.NaN };
  if (x === 0) return { below: 0, above: 1 };
  if (x === Infinity) return { below: 1, above: 0 };
  if (a === Infinity) return { below: 0, above: 1 };
  if (a >= TEMME_FROM) return temme(a, x);
  return x < a + 1
    ? fromBelow(Math.exp(edgeOf(a, x)) * series(a, x))
    : fromAbove(Math.exp(edgeOf(a, x)) / fraction(a, x));
};

/** Shares below this are taken by their logarithms. */
const SMALL = 1e-250;

/** The logarithms of both, which end nowhere near where the shares do. */
export const logGammaShares = (a: number, x: number): Shares => {
  if (a === Infinity && x >= 0 && x < Infinity) return { below: -Infinity, above: 0 };
  const { below, above } = gammaShares(a, x);
  const log = (share: number, other: number): number =>
    share > 0.5 ? Math.log1p(-other) : Math.log(share);
  return {
    below: below < SMALL && x > 0 ? edgeOf(a, x) + Math.log(series(a, x)) : log(below, above),
    above:
      above < SMALL && x < Infinity ? edgeOf(a, x) - Math.log(fraction(a, x)) : log(above, below),
  };
};

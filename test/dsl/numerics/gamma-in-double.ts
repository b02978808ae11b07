/** The gamma function and the gamma law in double precision, written independently of the language. */

const sumOf = (count: number, term: (k: number) => number): number =>
  Array.from({ length: count }, (_, k) => term(k)).reduce((a, b) => a + b, 0);

const SHIFT = 20;
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6] as const;
const EULER = 0.5772156649015329;

/** log Γ(1 + d) for small d, by its Taylor series, which keeps the zero at d = 0. */
const nearOne = (d: number): number =>
  -EULER * d +
  (Math.PI ** 2 / 12) * d ** 2 -
  0.40068563438653143 * d ** 3 +
  0.2705808084277845 * d ** 4;

/** log Γ(x): Stirling's series at x + 20, and the recurrence down. */
export const logGamma = (x: number): number => {
  if (Math.abs(x - 1) < 1e-3) return nearOne(x - 1);
  if (Math.abs(x - 2) < 1e-3) return Math.log1p(x - 2) + nearOne(x - 2);
  if (x < 1) return logGamma(x + 1) - Math.log(x);
  const y = x + SHIFT;
  const series = sumOf(
    7,
    (j) => (BERNOULLI[j] ?? NaN) / ((2 * j + 2) * (2 * j + 1) * y ** (2 * j + 1)),
  );
  const whole = (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
  return x > 1e8 ? (x - 0.5) * Math.log(x) - x : whole - sumOf(SHIFT, (k) => Math.log(x + k));
};

/** ψ(x), likewise. */
export const digammaOf = (x: number): number => {
  if (x > 1e8) return Math.log(x) - 0.5 / x;
  const y = x + SHIFT;
  const series = sumOf(7, (j) => (BERNOULLI[j] ?? NaN) / ((2 * j + 2) * y ** (2 * j + 2)));
  return Math.log(y) - 0.5 / y - series - sumOf(SHIFT, (k) => 1 / (x + k));
};

/** ψ⁽ⁿ⁾(x) for n ≥ 1: the first hundred terms of its sum, and the integral of the rest. */
export const polygammaOf = (n: number, x: number): number => {
  const factorial = sumOf(n, (k) => Math.log(k + 1));
  const y = x + 100;
  const rest =
    y ** -n / n +
    y ** -(n + 1) / 2 +
    ((n + 1) * y ** -(n + 2)) / 12 -
    ((n + 1) * (n + 2) * (n + 3) * y ** -(n + 4)) / 720;
  const sum = sumOf(100, (k) => (x + (99 - k)) ** -(n + 1)) + rest;
  return (n % 2 === 1 ? 1 : -1) * Math.exp(factorial) * sum;
};

/** log of the share of Gamma(a, 1) below x, by the series of P; and above, by the fraction of Q. */
const logShares = (a: number, x: number): { readonly below: number; readonly above: number } => {
  const edge = a * Math.log(x) - x - logGamma(a);
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k += 1) {
      term *= x / (a + k);
      sum += term;
    }
    const below = edge + Math.log(sum);
    return { below, above: Math.log1p(-Math.exp(below)) };
  }
  // Lentz's continued fraction.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let k = 1, step = 0; Math.abs(step - 1) > 1e-16 && k < 100_000; k += 1) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    step = d * c;
    h *= step;
  }
  const above = edge + Math.log(h);
  return { below: Math.log1p(-Math.exp(above)), above };
};

/** log of the x below which Gamma(a, 1) is as often as a standard normal number is below ε: bisection. */
export const logGammaQuantile = (e: number, a: number): number => {
  // Φ(−|ε|) is half the share of Gamma(½, 1) above ε² / 2.
  const tail = e === 0 ? Math.log(0.5) : logShares(0.5, e ** 2 / 2).above + Math.log(0.5);
  const isTooHigh = (y: number): boolean => {
    const { below, above } = logShares(a, Math.exp(y));
    return e < 0 ? below > tail : above < tail;
  };
  const spread = 20 / Math.sqrt(Math.min(a, 1e4));
  let [low, high] = [Math.log(a) - spread, Math.log(a) + spread];
  for (let i = 0; i < 60; i += 1) {
    const middle = (low + high) / 2;
    if (isTooHigh(middle)) high = middle;
    else low = middle;
  }
  return (low + high) / 2;
};

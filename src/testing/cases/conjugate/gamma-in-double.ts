/** log Γ and ψ of positive numbers in double precision, for closed forms that float32 is held against. */

const SHIFT = 16;

/** B₂ₖ, the Bernoulli numbers of Stirling's series. */
const BERNOULLI = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730] as const;

const sumOver = (count: number, term: (k: number) => number): number =>
  Array.from({ length: count }, (_, k) => term(k)).reduce((a, b) => a + b, 0);

/** log Γ(x) for x > 0: Stirling's series at x + 16, and the recurrence down. */
export const logGamma = (x: number): number => {
  const y = x + SHIFT;
  const series = BERNOULLI.reduce(
    (sum, b, j) => sum + b / ((2 * j + 2) * (2 * j + 1) * y ** (2 * j + 1)),
    0,
  );
  const whole = (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series;
  return whole - sumOver(SHIFT, (k) => Math.log(x + k));
};

/** ψ(x) = d log Γ(x) / dx for x > 0, likewise. */
export const digamma = (x: number): number => {
  const y = x + SHIFT;
  const series = BERNOULLI.reduce((sum, b, j) => sum + b / ((2 * j + 2) * y ** (2 * j + 2)), 0);
  return Math.log(y) - 0.5 / y - series - sumOver(SHIFT, (k) => 1 / (x + k));
};

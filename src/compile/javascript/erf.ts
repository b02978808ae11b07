/** From here on erf x is 1 to half a unit of float32's last place. */
const ONE_FROM = 4;

/**
 * erf x = 2/√π e^−x² Σ_n 2ⁿ x^(2n+1) / (2n+1)!!, whose terms all have the sign of x, so that nothing
 * cancels: right to float32's last place from the smallest number on.
 *
 * Source: Abramowitz and Stegun 1964, 7.1.6.
 */
export const erf = (x: number): number => {
  if (Math.abs(x) >= ONE_FROM) return Math.sign(x);
  const square = 2 * x * x;
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > 1e-12 * Math.abs(total); n += 1) {
    term *= square / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
};

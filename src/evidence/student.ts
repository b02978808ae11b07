/** Student's t distribution for whole degrees of freedom. */

/**
 * P(|T| < t), by the finite series in θ = atan(t / √ν).
 *
 * Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
 */
const central = (t: number, dof: number): number => {
  const angle = Math.atan(t / Math.sqrt(dof));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = dof % 2 === 1;
  // The series ends with the power ν − 2 of the cosine.
  let sum = 0;
  let term = odd ? cosine : 1;
  for (let k = odd ? 1 : 0; k <= dof - 2; k += 2) {
    sum += term;
    term *= (cosine * cosine * (k + 1)) / (k + 2);
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
};

/**
 * The t that a Student variable with `dof` degrees of freedom is below with probability p > ½.
 *
 * @example
 * ```ts
 * studentQuantile(0.975, 10); // 2.228139
 * ```
 */
export const studentQuantile = (p: number, dof: number): number => {
  const refine = (low: number, high: number, steps: number): number => {
    const middle = (low + high) / 2;
    if (steps === 0) return middle;
    return central(middle, dof) < 2 * p - 1
      ? refine(middle, high, steps - 1)
      : refine(low, middle, steps - 1);
  };
  const above = (high: number): number =>
    central(high, dof) < 2 * p - 1 && high < 1e12 ? above(2 * high) : high;
  return refine(0, above(1), 80);
};

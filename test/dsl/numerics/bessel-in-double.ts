/** Modified Bessel functions in double precision by their integral, written independently of the language. */
import { overHalfLine } from './quadrature-in-double.js';

/** (1 / π) ∫₀^π f(1 − cos t) e^−x(1 − cos t) dt: the trapezoidal rule where it is periodic, and of large x by s = t √x. */
const mean = (x: number, f: (drop: number) => number): number => {
  const term = (t: number): number => {
    const drop = 2 * Math.sin(t / 2) ** 2;
    return f(drop) * Math.exp(-x * drop);
  };
  if (x < 2000) {
    const n = 400;
    const ends = (term(0) + term(Math.PI)) / 2;
    return (
      Array.from({ length: n - 1 }, (_, i) => term(((i + 1) * Math.PI) / n)).reduce(
        (a, b) => a + b,
        ends,
      ) / n
    );
  }
  return overHalfLine((s) => (s < 40 ? term(s / Math.sqrt(x)) : 0)) / (Math.PI * Math.sqrt(x));
};

/** e^−x I₀(x), e^−x I₁(x), their difference and the slope of their ratio, none of which cancels. */
export const besselsIn = (
  x: number,
): {
  readonly zero: number;
  readonly one: number;
  readonly gap: number;
  readonly slope: number;
} => {
  const zero = mean(x, () => 1);
  const gap = mean(x, (d) => d);
  const off = gap / zero;
  const slope = mean(x, (d) => (d - off) ** 2) / zero;
  // By parts, without the terms that cancel near 0.
  const one = x < 1 ? x * mean(x, (d) => d * (2 - d)) : mean(x, (d) => 1 - d);
  return { zero, one, gap, slope };
};

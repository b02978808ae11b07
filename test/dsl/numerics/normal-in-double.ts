/** The normal distribution function and the error functions in double precision, by quadrature. */
import { overHalfLine, overUnit } from './quadrature-in-double.js';

/** log Φ(−x) for x ≥ 0: φ(x) ∫₀^∞ e^(−xt − t² / 2) dt. */
const logTail = (x: number): number =>
  -(x * x) / 2 -
  0.5 * Math.log(2 * Math.PI) +
  Math.log(overHalfLine((t) => Math.exp(-x * t - (t * t) / 2)));

/** log Φ(x). */
export const logNormalCdf = (x: number): number =>
  x < 0 ? logTail(-x) : Math.log1p(-Math.exp(logTail(x)));

/** Φ(x). */
export const normalCdf = (x: number): number =>
  x < 0 ? Math.exp(logTail(-x)) : 1 - Math.exp(logTail(x));

/** erf x = 2x / √π ∫₀¹ e^(−x² t²) dt. */
export const erfOf = (x: number): number =>
  ((2 * x) / Math.sqrt(Math.PI)) * overUnit((t) => Math.exp(-((x * t) ** 2)));

/** 1 − erf x. */
export const erfcOf = (x: number): number => 2 * normalCdf(-x * Math.SQRT2);

/** The x that an increasing function takes to y, by bisection. */
export const solved = (f: (x: number) => number, y: number, low: number, high: number): number => {
  let [a, b] = [low, high];
  for (let i = 0; i < 60; i += 1) {
    const middle = (a + b) / 2;
    if (f(middle) < y) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
};

/** Beta laws in double precision by integrals over the logit, written independently of the language. */
import { logGamma } from './gamma-in-double.js';
import { overHalfLine, overUnit } from './quadrature-in-double.js';

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const logFall = (a: number, b: number, l: number): number => -a * softplus(-l) - b * softplus(l);

/** log of the density of the logit. */
export const logLogitDensity = (a: number, b: number, l: number): number =>
  logFall(a, b, l) + logGamma(a + b) - logGamma(a) - logGamma(b);

/** The integral from a logit on to one side, by way of the mode where it lies there, in steps as wide as the law. */
export const beyondLogit = (a: number, b: number, from: number, side: 1 | -1): number => {
  const mode = Math.log(a / b);
  if (side * (mode - from) > 1) {
    const top = logFall(a, b, mode);
    const across = overUnit((t) => Math.exp(logFall(a, b, from + (mode - from) * t) - top));
    const until = Math.abs(mode - from) * Math.exp(logLogitDensity(a, b, mode)) * across;
    return until + beyondLogit(a, b, mode, side);
  }
  const width = Math.min(Math.sqrt(1 / a + 1 / b), 1 / (side > 0 ? b : a) + 1);
  const there = logFall(a, b, from);
  const scaled = overHalfLine((s) => Math.exp(logFall(a, b, from + side * width * s) - there));
  return Math.exp(logLogitDensity(a, b, from)) * width * scaled;
};

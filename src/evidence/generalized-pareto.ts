/** The generalised Pareto law of what exceeds a high cutoff: fitting it, and its quantiles. */

/** P(X > x) = (1 + shape · x / scale)^(−1/shape), x ≥ 0; exponential where the shape is 0. */
export interface GeneralizedPareto {
  /** How heavy the tail is: moments of order 1/shape and above do not exist. */
  readonly shape: number;
  readonly scale: number;
}

const PRIOR_SPREAD = 3;

const meanOf = (xs: ArrayLike<number>, f: (x: number) => number): number => {
  let sum = 0;
  for (let i = 0; i < xs.length; i += 1) sum += f(xs[i] ?? Number.NaN);
  return sum / xs.length;
};

/**
 * Fits excesses over a cutoff: the mean of Zhang and Stephens' quasi-posterior, over θ = −shape / scale
 * on a grid. No correction of the shape for small samples.
 *
 * - `excesses`: positive and in ascending order, five or more.
 * - Source: Zhang and Stephens 2009, A New and Efficient Estimation Method for the Generalized Pareto
 *   Distribution, doi:10.1198/tech.2009.08017.
 *
 * @example
 * ```ts
 * const excesses = Array.from({ length: 1000 }, (_, i) => -Math.log(1 - (i + 0.5) / 1000));
 * const { shape, scale } = fitGeneralizedPareto(excesses);
 * Math.abs(shape) < 0.02 && Math.abs(scale - 1) < 0.02; // true
 * ```
 */
export const fitGeneralizedPareto = (excesses: ArrayLike<number>): GeneralizedPareto => {
  const n = excesses.length;
  const count = 30 + Math.floor(Math.sqrt(n));
  const quartile = excesses[Math.floor(n / 4 + 0.5) - 1] ?? Number.NaN;
  const largest = excesses[n - 1] ?? Number.NaN;
  const grid = Array.from({ length: count }, (_, i) => {
    const theta = 1 / largest + (1 - Math.sqrt(count / (i + 0.5))) / (PRIOR_SPREAD * quartile);
    const shape = meanOf(excesses, (x) => Math.log1p(-theta * x));
    return { theta, logLikelihood: n * (Math.log(-theta / shape) - shape - 1) };
  });
  const peak = grid.reduce((most, { logLikelihood: l }) => Math.max(most, l), -Infinity);
  const weights = grid.map(({ logLikelihood }) => Math.exp(logLikelihood - peak));
  const total = weights.reduce((a, b) => a + b, 0);
  const theta = grid.reduce((sum, g, i) => sum + (g.theta * (weights[i] ?? 0)) / total, 0);
  const shape = meanOf(excesses, (x) => Math.log1p(-theta * x));
  return { shape, scale: -shape / theta };
};

/** The value that is exceeded with probability 1 − p. */
export const paretoQuantile = ({ shape, scale }: GeneralizedPareto, p: number): number =>
  Math.abs(shape) < 1e-12
    ? -scale * Math.log1p(-p)
    : (scale * Math.expm1(-shape * Math.log1p(-p))) / shape;

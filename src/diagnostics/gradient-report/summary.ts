/** Repeated draws of a gradient in a few numbers. */

/** What repeated draws of a gradient g show. */
export interface GradientSummary {
  /** ‖mean g − mean of the exact one‖; left out where nothing exact is known. */
  readonly bias?: number;
  /** What `bias` would be about, √Σ se², if there were none. */
  readonly biasError?: number;
  /** Σ_j Var g_j. */
  readonly variance: number;
  /** ‖mean g‖ / √variance; infinite where nothing varies. */
  readonly signalToNoise: number;
}

type Draws = readonly Float64Array[];

const meanOf = (draws: Draws): Float64Array => {
  const sum = new Float64Array(draws[0]?.length ?? 0);
  for (const g of draws) g.forEach((x, j) => void (sum[j] = (sum[j] ?? 0) + x));
  return sum.map((x) => x / draws.length);
};

/** Σ_j of the sample variances. */
const totalVariance = (draws: Draws): number => {
  const mean = meanOf(draws);
  const squares = draws.reduce(
    (total, g) => g.reduce((sum, x, j) => sum + (x - (mean[j] ?? 0)) ** 2, total),
    0,
  );
  return squares / (draws.length - 1);
};

const norm = (x: Float64Array): number => Math.hypot(...x);

/** Draws with the same noise are compared in pairs, so what they share does not count as error. */
const against = (draws: Draws, exact: Draws): Pick<GradientSummary, 'bias' | 'biasError'> => {
  const differences = draws.map((g, i) => g.map((x, j) => x - (exact[i]?.[j] ?? Number.NaN)));
  return {
    bias: norm(meanOf(differences)),
    biasError: Math.sqrt(totalVariance(differences) / differences.length),
  };
};

/** Summarises draws of a gradient, beside draws of the exact one where there are some. */
export const summariseGradients = (draws: Draws, exact?: Draws): GradientSummary => {
  const variance = totalVariance(draws);
  const signal = norm(meanOf(draws));
  return {
    ...(exact && against(draws, exact)),
    variance,
    signalToNoise: variance === 0 && signal === 0 ? 0 : signal / Math.sqrt(variance),
  };
};

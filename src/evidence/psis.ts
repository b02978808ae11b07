/** Pareto-smoothed importance sampling: how far importance weights can be trusted. */
import {
  type GeneralizedPareto,
  fitGeneralizedPareto,
  paretoQuantile,
} from './generalized-pareto.js';

/** Smoothed weights and what they are worth. */
export interface SmoothedWeights {
  /** Log of each weight's share after smoothing; the shares sum to 1. */
  readonly logWeights: Float64Array;
  /** The log of the mean smoothed weight: log evidence, in nats. */
  readonly logMean: number;
  /** 1 / Σ share²: how many draws from the target the weighted ones are worth. */
  readonly effectiveSampleSize: number;
  /** k̂, the estimated shape of the weights' tail. */
  readonly paretoK: number;
}

/**
 * What a k̂ says of S weights. `good`: their variance is finite and estimates are reliable. `usable`:
 * smoothed estimates are still reliable. `unreliable`: S draws are not enough for it. `useless`: the
 * mean of the weights may not exist, or the weights are not numbers.
 */
export type ParetoVerdict = 'good' | 'usable' | 'unreliable' | 'useless';

/** Fewer excesses than this say nothing of a tail. */
const LEAST_TAIL = 5;

/** Weights that differ by less than this, relative to the size of their logs, differ by rounding. */
const ROUNDING = 2 ** -20;

/** How many of S weights make up the tail. */
export const tailLength = (samples: number): number =>
  Math.ceil(Math.min(samples / 5, 3 * Math.sqrt(samples)));

interface Tail {
  readonly k: number;
  /** The law of the excesses over the cutoff, in units of the largest weight, where one was fitted. */
  readonly law?: GeneralizedPareto;
  readonly cutoff: number;
  /** How many weights lie above the cutoff. */
  readonly length: number;
}

/** A weakly informative prior at ½ that is worth ten excesses, for short tails. */
const shrunk = (shape: number, length: number): number => (length * shape + 5) / (length + 10);

/** The tail of weights from the largest of them, in descending order; the last is the cutoff. */
const tailFrom = (largest: Float64Array): Tail => {
  const peak = largest[0] ?? Number.NaN;
  const cutoff = largest.at(-1) ?? Number.NaN;
  if (Number.isNaN(peak) || Number.isNaN(cutoff) || peak === Infinity) {
    return { k: Number.NaN, cutoff, length: 0 };
  }
  // One draw, or none with any weight: there is nothing to estimate from.
  if (largest.length < 2 || peak === -Infinity) return { k: Infinity, cutoff, length: 0 };
  if (peak - cutoff <= ROUNDING * Math.max(1, Math.abs(peak))) {
    return { k: -Infinity, cutoff, length: 0 };
  }
  // What lies further below the peak than this adds nothing in double precision.
  const floor = Math.max(cutoff, peak - 708);
  const above = largest.filter((w) => w > floor);
  if (above.length < LEAST_TAIL) return { k: Infinity, cutoff: floor, length: above.length };
  const base = Math.exp(floor - peak);
  const excesses = above.map((w) => base * Math.expm1(w - floor)).toReversed();
  const law = fitGeneralizedPareto(excesses);
  const k = shrunk(law.shape, above.length);
  return { k, law: { shape: k, scale: law.scale }, cutoff: floor, length: above.length };
};

/** k̂ from the largest weights alone, in descending order; the last of them is the cutoff. */
export const paretoKOfLargest = (largest: Float64Array): number => tailFrom(largest).k;

const logSumExp = (xs: Float64Array): number => {
  const peak = xs.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!Number.isFinite(peak)) return peak;
  return peak + Math.log(xs.reduce((sum, x) => sum + Math.exp(x - peak), 0));
};

/**
 * Smooths importance weights: the largest are replaced by the expected order statistics of the
 * generalised Pareto law that fits them, and none exceeds the largest raw weight.
 *
 * - The tail are the ⌈min(S/5, 3√S)⌉ largest of S weights. k̂ has a standard error of some
 *   (1 + k) / √tail, and knows nothing of what no draw has reached: with few draws of a narrow guide it
 *   can be low by chance, so take a thousand or more.
 * - Edges: k̂ is −∞ where the largest weights are equal but for float32 rounding, as an exact guide
 *   makes them; +∞ where fewer than five lie above the cutoff, so that nothing can be said; NaN where
 *   a weight is NaN or +∞, and so are the weights then. A weight of 0, log w = −∞, stays 0.
 * - Source: Vehtari et al., Pareto Smoothed Importance Sampling, section 2 and appendix,
 *   arXiv:1507.02646.
 *
 * @example
 * ```ts
 * const z = randomNormal(key(0), 4000);
 * // Weights of a N(0, 1) target for draws of a N(0, 0.9) guide.
 * const logWeights = z.map((e) => -0.5 * (0.9 * e) ** 2 + 0.5 * e ** 2);
 * const { paretoK, effectiveSampleSize } = psis(logWeights);
 * paretoK < 0.5 && effectiveSampleSize > 3500; // true
 * ```
 */
export const psis = (logWeights: ArrayLike<number>): SmoothedWeights => {
  const raw = Float64Array.from(logWeights);
  if (raw.length === 0)
    throw new RangeError('psis: expected one log weight or more, but got none; draw some.');
  const order = Uint32Array.from(raw.keys()).toSorted((a, b) => (raw[b] ?? 0) - (raw[a] ?? 0));
  const bad = raw.some((w) => Number.isNaN(w) || w === Infinity);
  const largest = order.slice(0, tailLength(raw.length) + 1).map((i) => i);
  const tail = tailFrom(
    bad ? Float64Array.of(Number.NaN) : Float64Array.from(largest, (i) => raw[i] ?? 0),
  );
  const peak = raw[order[0] ?? 0] ?? 0;
  const smoothed = bad ? raw.fill(Number.NaN) : Float64Array.from(raw);
  if (tail.law !== undefined) {
    const base = Math.exp(tail.cutoff - peak);
    for (let i = 0; i < tail.length; i += 1) {
      const p = (tail.length - i - 0.5) / tail.length;
      const value = peak + Math.log(base + paretoQuantile(tail.law, p));
      smoothed[order[i] ?? 0] = Math.min(value, peak);
    }
  }
  const total = logSumExp(smoothed);
  const shares = smoothed.map((w) => w - total);
  return {
    logWeights: shares,
    logMean: total - Math.log(raw.length),
    effectiveSampleSize: 1 / shares.reduce((sum, l) => sum + Math.exp(2 * l), 0),
    paretoK: tail.k,
  };
};

/**
 * k̂ of importance weights: the shape of their tail. `psis` gives the smoothed weights as well.
 *
 * @example
 * ```ts
 * paretoK([2, 2, 2, 2]); // -Infinity
 * ```
 */
export const paretoK = (logWeights: ArrayLike<number>): number => psis(logWeights).paretoK;

/**
 * The largest k̂ at which S weights are still reliable once smoothed: min(1 − 1 / log₁₀ S, 0.7).
 *
 * Source: Vehtari et al., section 3.2.4, arXiv:1507.02646.
 *
 * @example
 * ```ts
 * paretoThreshold(100); // 0.5
 * ```
 */
export const paretoThreshold = (samples: number): number =>
  Math.min(1 - 1 / Math.log10(samples), 0.7);

/**
 * What k̂ says of S weights.
 *
 * @example
 * ```ts
 * paretoVerdict(0.3, 1000); // 'good'
 * paretoVerdict(0.75, 1000); // 'unreliable'
 * ```
 */
export const paretoVerdict = (k: number, samples: number): ParetoVerdict => {
  if (k <= Math.min(0.5, paretoThreshold(samples))) return 'good';
  if (k <= paretoThreshold(samples)) return 'usable';
  return k <= 1 ? 'unreliable' : 'useless';
};

/** Whether training has converged, as far as its noise lets one say. */
import { anything, checkOptions, demand } from '../../dsl/refusals/options.js';
import { autocorrelationTime } from './autocorrelation.js';
import { studentQuantile } from '../evidence/student.js';

/**
 * `converged`: the loss does not drift by more than the tolerance. `improving`, `diverging`: it falls
 * or rises, beyond what noise explains. `tooNoisy`: noise hides a drift of the size of the tolerance.
 * `tooShort`: the losses are too few, or too alike to their neighbours, to tell.
 */
export type ConvergenceVerdict = 'converged' | 'improving' | 'diverging' | 'tooNoisy' | 'tooShort';

export interface ConvergenceOptions {
  /** How many of the last losses are looked at; the last half of all where it is left out. */
  readonly window?: number;
  /**
   * The drift over the window that counts as none, in nats; the noise of a single loss where it is
   * left out.
   */
  readonly tolerance?: number;
  /** The probability of calling a drift of a loss that has none; 0.01 where it is left out. */
  readonly falseAlarm?: number;
}

/** A verdict with the numbers behind it, all in nats but where said. */
export interface Convergence {
  readonly verdict: ConvergenceVerdict;
  /** One sentence. */
  readonly reason: string;
  /** Losses looked at. */
  readonly window: number;
  /** Mean loss of the window, and its Monte Carlo standard error. */
  readonly mean: number;
  readonly standardError: number;
  /** The change over the window by the straight line that fits it best, and its half width. */
  readonly drift: number;
  readonly driftMargin: number;
  readonly tolerance: number;
  /** Standard deviation of a single loss about that line. */
  readonly noise: number;
  /** How many independent losses the window is worth. */
  readonly effectiveSamples: number;
  /** R̂ of the window's halves; 1 where they agree. */
  readonly rHat: number;
}

/** Fewer losses than this are not looked at. */
const LEAST = 20;

/** Fewer independent losses than this give no good estimate of how many they are. */
const LEAST_EFFECTIVE = 40;

/**
 * By how many an autocorrelated series is overestimated once a parabola is taken out of it: so that
 * stationary autoregressive noise is called a drift about as often as asked for.
 */
const TAKEN_OUT = 8;

/** A longer window is averaged in blocks, so that its autocorrelations stay cheap. */
const MOST_BLOCKS = 1000;

const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const varianceOf = (xs: readonly number[], centre = meanOf(xs), lost = 1): number =>
  xs.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (xs.length - lost);

interface Line {
  readonly slope: number;
  readonly residuals: readonly number[];
}

const lineThrough = (xs: readonly number[]): Line => {
  const middle = (xs.length - 1) / 2;
  const mean = meanOf(xs);
  const spread = (xs.length * (xs.length ** 2 - 1)) / 12;
  const slope = xs.reduce((sum, x, i) => sum + (i - middle) * (x - mean), 0) / spread;
  return { slope, residuals: xs.map((x, i) => x - mean - slope * (i - middle)) };
};

/** What is left of residuals without a parabola: a smooth descent is a trend and no noise. */
const withoutBend = (residuals: readonly number[]): readonly number[] => {
  const n = residuals.length;
  const middle = (n - 1) / 2;
  const bend = residuals.map((_, i) => (i - middle) ** 2 - (n ** 2 - 1) / 12);
  const length = bend.reduce((sum, b) => sum + b * b, 0);
  const times = residuals.reduce((sum, r, i) => sum + r * (bend[i] ?? 0), 0) / length;
  return residuals.map((r, i) => r - times * (bend[i] ?? 0));
};

/** Half the width of the interval for a drift, and how many independent losses it rests on. */
const marginOf = (
  residuals: readonly number[],
  alarm: number,
): { readonly margin: number; readonly effective: number } => {
  const noise = withoutBend(residuals);
  const effective = noise.length / autocorrelationTime(noise);
  const many = effective >= LEAST_EFFECTIVE;
  const sure = many ? effective - TAKEN_OUT : Math.max(1.5, effective - 4);
  const times = studentQuantile(1 - alarm / 2, many ? Math.floor(sure) : 2);
  return { effective, margin: times * Math.sqrt((12 * varianceOf(noise, 0, 3)) / sure) };
};

const blocksOf = (xs: readonly number[]): readonly number[] => {
  const size = Math.ceil(xs.length / MOST_BLOCKS);
  const count = Math.floor(xs.length / size);
  // The oldest few are left out rather than the newest.
  const start = xs.length - count * size;
  return Array.from({ length: count }, (_, i) =>
    meanOf(xs.slice(start + i * size, start + (i + 1) * size)),
  );
};

/** Potential scale reduction of the two halves (Gelman and Rubin 1992, doi:10.1214/ss/1177011136). */
const halvesDiffer = (xs: readonly number[]): number => {
  const n = Math.floor(xs.length / 2);
  const halves = [xs.slice(-2 * n, -n), xs.slice(-n)];
  const within = meanOf(halves.map((h) => varianceOf(h)));
  const between = varianceOf(halves.map((h) => meanOf(h)));
  if (within === 0) return between === 0 ? 1 : Infinity;
  return Math.sqrt((n - 1) / n + between / within);
};

const shown = (x: number): string => Number(x.toPrecision(3)).toString();

type Found = Omit<Convergence, 'verdict' | 'reason'>;

const judge = (f: Found): Pick<Convergence, 'verdict' | 'reason'> => {
  const { drift, driftMargin, tolerance, window, effectiveSamples } = f;
  const [low, high] = [drift - driftMargin, drift + driftMargin];
  const by = `${shown(drift)} ± ${shown(driftMargin)} nats over the last ${window} losses`;
  const within = low >= -tolerance && high <= tolerance;
  const worth = `${window} losses are worth ${shown(effectiveSamples)} independent ones`;
  if (high < 0 && !within) return { verdict: 'improving', reason: `The loss falls: ${by}.` };
  if (low > 0 && !within) return { verdict: 'diverging', reason: `The loss rises: ${by}.` };
  if (effectiveSamples < LEAST_EFFECTIVE) {
    return {
      verdict: 'tooShort',
      reason: `The last ${worth}; a verdict needs ${LEAST_EFFECTIVE}. Train on.`,
    };
  }
  if (within) {
    return {
      verdict: 'converged',
      reason: `The loss drifts by ${by}, within the tolerance of ${shown(tolerance)}.`,
    };
  }
  // The margin falls with the window's length to the power −½ at a fixed drift over the window.
  const times = (driftMargin / Math.max(tolerance - Math.abs(drift), tolerance / 2)) ** 2;
  return {
    verdict: 'tooNoisy',
    reason:
      `The loss drifts by ${by}, so noise hides a drift of ${shown(tolerance)}. Look at about ` +
      `${Math.ceil(window * times)} losses, take more particles or larger batches, or allow a larger tolerance.`,
  };
};

const unknown = (window: number, tolerance: number) => ({
  window,
  mean: Number.NaN,
  standardError: Number.NaN,
  drift: Number.NaN,
  driftMargin: Number.NaN,
  tolerance,
  noise: Number.NaN,
  effectiveSamples: 0,
  rHat: Number.NaN,
});

/**
 * A verdict on a series of losses, such as those that `training` reports, and its reason.
 *
 * A straight line is fitted to the last half. Its change over the window is compared with the error
 * that noise of the observed size and autocorrelation gives it, by Student's t, so that a noisy window is not taken for a
 * converged one, nor a lucky stretch for progress.
 *
 * - `falseAlarm` is the rate at which a loss without a drift is called `improving` or `diverging`. Noise that
 *   is strongly autocorrelated raises it: up to threefold in simulations of autoregressive noise.
 * - Edges: fewer than 20 losses are `tooShort`; a loss that is not finite is `diverging`. It tells
 *   of the loss alone: the parameters of a flat optimum may still move.
 * - Errors: a window, tolerance or falseAlarm outside its range is a `RangeError`.
 * - Source: for Monte Carlo errors and R̂ of stochastic optimisation, Dhaka et al. 2020, Robust,
 *   Accurate Stochastic Optimization for Variational Inference, arXiv:2009.00666.
 *
 * @example
 * ```ts
 * const noise = randomNormal(key(0), 400);
 * convergence([...noise]).verdict; // 'converged'
 * convergence([...noise].map((e, i) => e - i / 50)).verdict; // 'improving'
 * convergence([...noise], { tolerance: 0.1 }).verdict; // 'tooNoisy'
 * convergence(Array.from({ length: 200 }, (_, i) => 5 - i / 10), { window: 100 }).drift; // -10
 * ```
 */
export const convergence = (
  losses: readonly number[],
  options: ConvergenceOptions = {},
): Convergence => {
  const who = 'convergence';
  const rules = { window: anything, tolerance: anything, falseAlarm: anything };
  checkOptions<ConvergenceOptions>(who, options, rules);
  const { window = Math.ceil(losses.length / 2), tolerance, falseAlarm = 0.01 } = options;
  const known = losses.length;
  const fits = known === 0 || (Number.isInteger(window) && window >= 1 && window <= known);
  demand(
    fits,
    who,
    `a window of 1 to ${known} losses`,
    window,
    'pass as many as were seen, or fewer',
  );
  const leeway = tolerance ?? 0;
  demand(
    leeway >= 0,
    who,
    'a tolerance of 0 nats or more',
    leeway,
    'pass what is too small to matter',
  );
  const rare = falseAlarm > 0 && falseAlarm < 1;
  demand(rare, who, 'a rate of false alarms between 0 and 1', falseAlarm, 'pass 0.01, say');
  const last = losses.length === 0 ? [] : losses.slice(-window);
  const bad = losses.findIndex((x) => !Number.isFinite(x));
  if (bad >= 0) {
    const reason = `Loss ${bad + 1} of ${losses.length} is ${losses[bad]}; explainNonFinite finds its cause.`;
    return { ...unknown(last.length, tolerance ?? Number.NaN), verdict: 'diverging', reason };
  }
  if (last.length < LEAST) {
    const reason = `There are ${last.length} losses to look at; a verdict needs ${LEAST}. Train on.`;
    return { ...unknown(last.length, tolerance ?? Number.NaN), verdict: 'tooShort', reason };
  }
  const blocks = blocksOf(last);
  const { slope, residuals } = lineThrough(blocks);
  const { margin, effective } = marginOf(residuals, falseAlarm);
  const noise = Math.sqrt(varianceOf(lineThrough(last).residuals, 0, 2));
  const found: Found = {
    window: last.length,
    mean: meanOf(last),
    standardError: Math.sqrt(varianceOf(residuals, 0, 2) / effective),
    drift: slope * blocks.length,
    driftMargin: margin,
    tolerance: tolerance ?? noise,
    noise,
    effectiveSamples: effective,
    rHat: halvesDiffer(last),
  };
  return { ...judge(found), ...found };
};

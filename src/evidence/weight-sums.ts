/**
 * Sums over any number of importance weights, one set for each column, in double precision and
 * relative to the largest weight so far.
 */

/** What bounds and their errors are made of, by column; r = w / peak, d = log r. */
export interface WeightSums {
  readonly count: number;
  /** The log of the largest weight. */
  readonly peak: Float64Array;
  /** Σ r. */
  readonly first: Float64Array;
  /** Σ r². */
  readonly second: Float64Array;
  /** Σ r d. */
  readonly firstLog: Float64Array;
  /** Σ r² d. */
  readonly secondLog: Float64Array;
  /** Σ r² d². */
  readonly secondLogSquared: Float64Array;
  /** Σ rⁿ and Σ r²ⁿ, n the order of the χ upper bound. */
  readonly power: Float64Array;
  readonly powerSquared: Float64Array;
}

export interface RunningWeightSums {
  readonly add: (column: number, logWeight: number) => void;
  /** One draw of every column was added. */
  readonly counted: () => void;
  readonly sums: () => WeightSums;
}

/** Sums for `columns` columns, with powers of order `order`. */
export const runningWeightSums = (columns: number, order: number): RunningWeightSums => {
  const zeros = (): Float64Array => new Float64Array(columns);
  const peak = zeros().fill(-Infinity);
  const [first, second, power, powerSquared] = [zeros(), zeros(), zeros(), zeros()];
  const [firstLog, secondLog, secondLogSquared] = [zeros(), zeros(), zeros()];
  let count = 0;

  /** Expresses the sums of a column relative to a new peak. */
  const rise = (j: number, to: number): void => {
    const shift = (peak[j] ?? 0) - to;
    peak[j] = to;
    // Nothing but weights of 0 so far.
    if (shift === -Infinity) return;
    const shrink = Math.exp(shift);
    const [a, b, bLog] = [first[j] ?? 0, second[j] ?? 0, secondLog[j] ?? 0];
    secondLogSquared[j] =
      shrink ** 2 * ((secondLogSquared[j] ?? 0) + 2 * shift * bLog + shift ** 2 * b);
    secondLog[j] = shrink ** 2 * (bLog + shift * b);
    firstLog[j] = shrink * ((firstLog[j] ?? 0) + shift * a);
    first[j] = shrink * a;
    second[j] = shrink ** 2 * b;
    power[j] = shrink ** order * (power[j] ?? 0);
    powerSquared[j] = shrink ** (2 * order) * (powerSquared[j] ?? 0);
  };

  return {
    add: (j, w) => {
      if (w === -Infinity) return;
      if (w > (peak[j] ?? 0)) rise(j, w);
      const d = w - (peak[j] ?? 0);
      const r = Math.exp(d);
      first[j] = (first[j] ?? 0) + r;
      second[j] = (second[j] ?? 0) + r * r;
      firstLog[j] = (firstLog[j] ?? 0) + r * d;
      secondLog[j] = (secondLog[j] ?? 0) + r * r * d;
      secondLogSquared[j] = (secondLogSquared[j] ?? 0) + r * r * d * d;
      const raised = Math.exp(order * d);
      power[j] = (power[j] ?? 0) + raised;
      powerSquared[j] = (powerSquared[j] ?? 0) + raised * raised;
    },
    counted: () => {
      count += 1;
    },
    sums: () => ({
      count,
      peak,
      first,
      second,
      firstLog,
      secondLog,
      secondLogSquared,
      power,
      powerSquared,
    }),
  };
};

/** An estimate for each column with its standard error, in nats. */
export interface Estimates {
  readonly values: Float64Array;
  readonly standardErrors: Float64Array;
}

const zip = (a: Float64Array, f: (i: number) => number): Float64Array => a.map((_, i) => f(i));

/** log 1/K Σ w, and its error by the delta method: the mean's relative variance is 1/ESS − 1/K. */
export const logMeanWeight = ({ count, peak, first, second }: WeightSums): Estimates => ({
  values: zip(peak, (i) => (peak[i] ?? 0) + Math.log((first[i] ?? 0) / count)),
  standardErrors: zip(peak, (i) =>
    Math.sqrt(Math.max(0, (second[i] ?? 0) / (first[i] ?? 0) ** 2 - 1 / count)),
  ),
});

/** (Σ w)² / Σ w². */
export const effectiveSamples = ({ first, second }: WeightSums): Float64Array =>
  zip(first, (i) => (first[i] ?? 0) ** 2 / (second[i] || 1));

/** Σ w log w / Σ w, the mean of log w under the posterior, and its error by the delta method. */
export const weightedLogWeight = (s: WeightSums): Estimates => {
  const { peak, first, second, firstLog, secondLog, secondLogSquared } = s;
  const depth = zip(first, (i) => (firstLog[i] ?? 0) / (first[i] ?? 0));
  return {
    values: zip(peak, (i) => (peak[i] ?? 0) + (depth[i] ?? 0)),
    standardErrors: zip(peak, (i) => {
      const mean = depth[i] ?? 0;
      const squares =
        (secondLogSquared[i] ?? 0) - 2 * mean * (secondLog[i] ?? 0) + mean ** 2 * (second[i] ?? 0);
      return Math.sqrt(Math.max(0, squares)) / (first[i] ?? 0);
    }),
  };
};

/** 1/n log 1/K Σ wⁿ, and its error by the delta method. */
export const logPowerMeanWeight = (
  { count, peak, power, powerSquared }: WeightSums,
  order: number,
): Estimates => ({
  values: zip(peak, (i) => (peak[i] ?? 0) + Math.log((power[i] ?? 0) / count) / order),
  standardErrors: zip(
    peak,
    (i) =>
      Math.sqrt(Math.max(0, (powerSquared[i] ?? 0) / (power[i] ?? 0) ** 2 - 1 / count)) / order,
  ),
});

/** Means and standard errors of streams of numbers, one stream a column, in double precision. */

/** Mean of each column and its standard error, for independent numbers. */
export interface Means {
  readonly mean: Float64Array;
  /** NaN for fewer than two numbers; ∞ where one of them was infinite. */
  readonly standardError: Float64Array;
}

export interface RunningMeans {
  readonly add: (column: number, value: number) => void;
  readonly means: () => Means;
}

/** Welford's recurrence (1962, doi:10.1080/00401706.1962.10490022). */
export const runningMeans = (columns: number): RunningMeans => {
  const counts = new Float64Array(columns);
  const mean = new Float64Array(columns);
  const squares = new Float64Array(columns);
  return {
    add: (column, value) => {
      const n = (counts[column] ?? 0) + 1;
      const before = mean[column] ?? 0;
      counts[column] = n;
      const after = Number.isFinite(before) ? before + (value - before) / n : before + value;
      mean[column] = after;
      squares[column] = (squares[column] ?? 0) + (value - before) * (value - after);
    },
    means: () => ({
      mean: mean.slice(),
      standardError: squares.map((s, i) => {
        const n = counts[i] ?? 0;
        if (!Number.isFinite(mean[i] ?? 0)) return Number.isNaN(mean[i]) ? Number.NaN : Infinity;
        return n < 2 ? Number.NaN : Math.sqrt(s / (n - 1) / n);
      }),
    }),
  };
};

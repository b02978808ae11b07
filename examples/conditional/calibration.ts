/** Whether probabilities mean what they say. */

/** Predictions of about one confidence. */
export interface Bin {
  readonly confidence: number;
  readonly accuracy: number;
  readonly count: number;
}

export interface Calibration {
  readonly accuracy: number;
  /** Σ (count / total) |accuracy − confidence| over bins. */
  readonly error: number;
  /** Those that are not empty. */
  readonly bins: readonly Bin[];
  /** Mean −log p of the true class, nats. */
  readonly negativeLogLikelihood: number;
}

const meanOf = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const largestOf = (row: readonly number[]): number => row.indexOf(Math.max(...row));

/**
 * Accuracy, and the expected calibration error over ten bins of equal width, from a probability of each class
 * in each row.
 *
 * Source: Guo et al. 2017, On Calibration of Modern Neural Networks, arXiv:1706.04599, section 2.
 */
export const calibrationOf = (
  chances: readonly (readonly number[])[],
  labels: ArrayLike<number>,
): Calibration => {
  const rows = chances.map((row, i) => ({
    confidence: Math.max(...row),
    right: largestOf(row) === labels[i] ? 1 : 0,
    surprise: -Math.log(row[labels[i] ?? 0] ?? Number.NaN),
  }));
  const bins = Array.from({ length: 10 }, (_, b) => {
    const inside = rows.filter(({ confidence }) => Math.min(9, Math.floor(10 * confidence)) === b);
    return {
      confidence: meanOf(inside.map(({ confidence }) => confidence)),
      accuracy: meanOf(inside.map(({ right }) => right)),
      count: inside.length,
    };
  }).filter(({ count }) => count > 0);
  return {
    accuracy: meanOf(rows.map(({ right }) => right)),
    error: bins.reduce(
      (sum, { confidence, accuracy, count }) =>
        sum + (count / rows.length) * Math.abs(accuracy - confidence),
      0,
    ),
    bins,
    negativeLogLikelihood: meanOf(rows.map(({ surprise }) => surprise)),
  };
};

/** How often each class is taken for each other: a row for each true class, which sums to 1. */
export const confusionOf = (
  chances: readonly (readonly number[])[],
  labels: ArrayLike<number>,
): readonly (readonly number[])[] => {
  const classes = chances[0]?.length ?? 0;
  return Array.from({ length: classes }, (_, truth) => {
    const taken = chances.filter((_row, i) => labels[i] === truth).map(largestOf);
    return Array.from(
      { length: classes },
      (_2, c) => taken.filter((k) => k === c).length / Math.max(1, taken.length),
    );
  });
};

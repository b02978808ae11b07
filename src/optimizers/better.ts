/** When a loss counts as better. */

/**
 * Whether a loss is below the best by `minDelta`. Both are taken as float32, as optimisers keep the best.
 * What is not finite is not better than any.
 */
export const isBetter = (loss: number, best: number, minDelta = 0): boolean => {
  const single = Math.fround(loss);
  return Number.isFinite(single) && single < Math.fround(best) - minDelta;
};

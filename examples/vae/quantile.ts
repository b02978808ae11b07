/**
 * The inverse of the standard normal's distribution function (Acklam's rational approximation,
 * relative error below 1.2e-9), for a grid of codes that are equally likely.
 */
export const quantile = (p: number): number => {
  const poly = (coefficients: readonly number[], x: number): number =>
    coefficients.reduce((sum, c) => sum * x + c, 0);
  if (p < 0.02425 || p > 0.97575) {
    const q = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
    const tail =
      poly(
        [
          -7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
          4.374664141464968, 2.938163982698783,
        ],
        q,
      ) /
      poly([7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1], q);
    return p < 0.5 ? tail : -tail;
  }
  const q = p - 0.5;
  const r = q * q;
  return (
    (q *
      poly(
        [
          -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269,
          -30.66479806614716, 2.506628277459239,
        ],
        r,
      )) /
    poly(
      [
        -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972,
        -13.28068155288572, 1,
      ],
      r,
    )
  );
};

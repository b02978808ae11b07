/** Where a continuous function of one number takes a value. */

/** More than the steps that any interval of doubles takes. */
const STEPS = 100;

/**
 * A number from `low` to `high` at which `f` is `target` to within `tolerance`, by false position in the
 * Illinois form; where `f(high)` is below the target, `high`.
 *
 * Source: Dowell and Jarratt 1971, A modified regula falsi method, doi:10.1007/BF01934364.
 */
export const whereReached = (
  f: (x: number) => number,
  target: number,
  low: number,
  high: number,
  tolerance: number,
): number => {
  let [a, b] = [low, high];
  let [atA, atB] = [f(a) - target, f(b) - target];
  if (atB <= 0) return b;
  if (atA >= 0) return a;
  let side = 0;
  for (let step = 0; step < STEPS; step++) {
    const x = (a * atB - b * atA) / (atB - atA);
    const atX = f(x) - target;
    if (Math.abs(atX) <= tolerance) return x;
    // An end that stays twice counts half, or the other would creep towards it.
    if (atX > 0) {
      [b, atB] = [x, atX];
      if (side > 0) atA /= 2;
    } else {
      [a, atA] = [x, atX];
      if (side < 0) atB /= 2;
    }
    side = Math.sign(atX);
  }
  return 0.5 * (a + b);
};

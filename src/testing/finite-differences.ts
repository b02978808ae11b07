/** Derivatives of float32 maps by finite differences, taken in double precision. */

const extrapolate = (coarse: readonly number[], fine: readonly number[]): readonly number[] =>
  coarse.map((c, i) => (4 * (fine[i] ?? Number.NaN) - c) / 3);

/**
 * Derivatives of an elementwise map at `xs` with steps `hs`: central differences with one step of
 * Richardson extrapolation, (4 D(h/2) − D(h)) / 3, of error O(h⁴).
 *
 * Places are rounded to float32 first, so that a difference is divided by the step that was taken.
 */
export const derivatives = (
  f: (xs: readonly number[]) => readonly number[],
  xs: readonly number[],
  hs: readonly number[],
): readonly number[] => {
  const central = (share: number): readonly number[] => {
    const moved = (sign: number): readonly number[] =>
      xs.map((x, i) => Math.fround(x + sign * share * (hs[i] ?? 0)));
    const [low, high] = [moved(-1), moved(1)];
    const [below, above] = [f(low), f(high)];
    return above.map((a, i) => (a - (below[i] ?? NaN)) / ((high[i] ?? NaN) - (low[i] ?? NaN)));
  };
  return extrapolate(central(1), central(0.5));
};

/** The derivative of every output of f with respect to its one input, likewise. */
export const derivative = (
  f: (x: number) => readonly number[],
  x: number,
  h: number,
): readonly number[] => {
  const central = (step: number): readonly number[] => {
    const [low, high] = [Math.fround(x - step), Math.fround(x + step)];
    const [below, above] = [f(low), f(high)];
    return above.map((a, i) => (a - (below[i] ?? NaN)) / (high - low));
  };
  return extrapolate(central(h), central(h / 2));
};

/** A copy of numbers with place `i` replaced. */
export const replaceAt = (values: readonly number[], i: number, by: number): readonly number[] =>
  values.map((v, j) => (j === i ? by : v));

/** Derivatives of float32 maps by finite differences, taken in double precision. */

/** A change of a value within a step that is this large may be a jump. */
const JUMP = 1e-3;

/**
 * (4 D(h/2) − D(h)) / 3, or NaN at a jump: there a difference doubles when its step is halved, or
 * goes, where that of a smooth map stays or, at an extremum, falls to a quarter.
 */
const extrapolate = (coarse: number, fine: number, h: number): number => {
  const [wide, narrow] = [Math.abs(coarse), Math.abs(fine)];
  const isLarge = Math.abs(coarse - fine) * h > JUMP;
  const isJump = isLarge && (narrow > 1.25 * wide || narrow < 0.2 * wide);
  return isJump ? NaN : (4 * fine - coarse) / 3;
};

/**
 * Derivatives of an elementwise map at `xs` with steps `hs`: central differences with one step of
 * Richardson extrapolation, (4 D(h/2) − D(h)) / 3, of error O(h⁴).
 *
 * Where f jumps the derivative is NaN. Places are rounded to float32 first, so that a difference is divided by the step that was taken.
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
  const fine = central(0.5);
  return central(1).map((c, i) => extrapolate(c, fine[i] ?? NaN, hs[i] ?? NaN));
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
  const fine = central(h / 2);
  return central(h).map((c, i) => extrapolate(c, fine[i] ?? NaN, h));
};

/** A copy of numbers with place `i` replaced. */
export const replaceAt = (values: readonly number[], i: number, by: number): readonly number[] =>
  values.map((v, j) => (j === i ? by : v));

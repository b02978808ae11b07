/**
 * Derivatives by differences, with a step that the function chooses: steps are shortened until two that
 * follow each other agree. Where none do, at a kink, a jump, or beyond what rounding leaves to see, the
 * derivative is not judged.
 *
 * For a step h there are three estimates, of error O(h⁴) in the middle and O(h²) on a side:
 *
 *   R = (4 D(h/2) − D(h)) / 3, D the central difference,
 *   P = (4 f(h/2) − f(h) − 3 f(0)) / h, and M the same to the left.
 *
 * A kink at 0 parts P from M however short the step is; one beside it parts R from D(h/2), and R of one
 * step from R of the next.
 *
 * How much values are off by rounding is known in double precision. In float32 it is read off the values:
 * the sixth differences of a smooth function over a short lattice are nothing but noise.
 * Source: Moré and Wild 2011, Estimating Computational Noise, doi:10.1137/100786125.
 */

/** A derivative, and how far off it may be; nothing where no two steps agree. */
export type Slope = { readonly value: number; readonly error: number } | undefined;

/** How differences are taken. */
export interface DifferenceOptions {
  /** What the function is computed in. */
  readonly precision: 'double' | 'single';
  /** The longest step, 2⁻¹³ in double precision and 2⁻³ in single where left out. */
  readonly step?: number;
  /** The largest error with which the k-th derivative is still of use, given its value. */
  readonly wanted: (value: number, index: number) => number;
}

/** Steps that are tried, each a sixteenth of the one before, or a quarter in single precision. */
const STEPS = { double: 5, single: 5 } as const;

/** Roundings that an operation's worth of double precision may add up to, relative. */
const DOUBLE_NOISE = 2 ** -46;

interface Estimate {
  readonly value: number;
  readonly error: number;
}

/** The noise of float32 values, from differences of order six over seven points, and one rounding at least. */
const noiseOf = (rows: readonly (readonly number[])[]): readonly number[] =>
  (rows[0] ?? []).map((_, i) => {
    const values = rows.map((row) => row[i] ?? Number.NaN);
    const sixth = [1, -6, 15, -20, 15, -6, 1].reduce((sum, c, k) => sum + c * (values[k] ?? 0), 0);
    // The coefficients' squares add up to 924; seven values say little of a spread, so thrice as much.
    const spread = (3 * Math.abs(sixth)) / Math.sqrt(924);
    return Math.max(spread, 2 ** -23 * Math.max(...values.map(Math.abs)));
  });

const better = (a: Estimate | undefined, b: Estimate): Estimate =>
  a === undefined || !(a.error <= b.error) ? b : a;

/**
 * The derivatives at 0 of each output of f, or nothing for those at which no two steps agree to the
 * error that is wanted.
 *
 * @example
 * ```ts
 * const of = (f: (t: number) => number) =>
 *   slopes((t) => [f(t)], { precision: 'double', wanted: () => 1e-6 })[0]?.value;
 * of((t) => Math.exp(3 * t)); // 3
 * of((t) => Math.max(t, 0)); // undefined
 * ```
 */
export const slopes = (
  f: (t: number) => readonly number[],
  { precision, wanted, ...given }: DifferenceOptions,
): readonly Slope[] => {
  const step = given.step ?? (precision === 'double' ? 2 ** -13 : 2 ** -3);
  const shorter = precision === 'double' ? 1 / 16 : 1 / 4;
  const middle = f(0);
  const lattice = (spacing: number): readonly (readonly number[])[] =>
    [0, 1, 2, 3, 4, 5, 6].map((k) => (k === 0 ? middle : f(k * spacing)));
  // On one side, for noise of an odd function cancels on both; and on a lattice finer than what values are
  // rounded to there is none to see.
  const noise =
    precision === 'double'
      ? middle.map((x) => DOUBLE_NOISE * Math.abs(x))
      : [step / 8, step / 64]
          .map((spacing) => noiseOf(lattice(spacing)))
          .reduce((a, b) => a.map((x, i) => Math.max(x, b[i] ?? Number.NaN)));
  const at = (h: number): readonly Estimate[] => {
    const [far, near] = [h, h / 2].map((x) => [f(-x), f(x)] as const);
    return middle.map((here, i) => {
      const [leftFar, rightFar, left, right] = [far?.[0], far?.[1], near?.[0], near?.[1]].map(
        (row) => row?.[i] ?? Number.NaN,
      );
      const [a, b, c, d] = [leftFar ?? NaN, rightFar ?? NaN, left ?? NaN, right ?? NaN];
      const [coarse, fine] = [(b - a) / (2 * h), (d - c) / h];
      const value = (4 * fine - coarse) / 3;
      const [plus, minus] = [(4 * d - b - 3 * here) / h, (3 * here - 4 * c + a) / h];
      const rounding = (8 * (noise[i] ?? NaN)) / h;
      return {
        value,
        error: Math.abs(value - fine) + Math.abs(plus - minus) + rounding,
      };
    });
  };
  let before: readonly Estimate[] = [];
  let best: readonly (Estimate | undefined)[] = middle.map(() => undefined);
  const isEnough = (e: Estimate | undefined, i: number): boolean =>
    e !== undefined && e.error <= wanted(e.value, i);
  for (let k = 0; k < STEPS[precision] && !best.every(isEnough); k += 1) {
    const now = at(step * shorter ** k);
    best = best.map((so, i) => {
      const [a, b] = [before[i], now[i]];
      if (a === undefined || b === undefined || isEnough(so, i)) return so;
      // Of two that agree the one of less error, which is at least how far they are apart.
      const apart = Math.abs(a.value - b.value);
      const [least] = [a, b].toSorted((x, y) => x.error - y.error);
      return better(so, {
        value: least?.value ?? NaN,
        error: Math.max(apart, least?.error ?? NaN),
      });
    });
    before = now;
  }
  return best.map((e, i) => (isEnough(e, i) ? e : undefined));
};

/** Linear Gaussian state spaces in double precision: a Kalman filter, a smoother, and moments of all numbers together. */

export type Matrix = readonly (readonly number[])[];

export const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    (b[0] ?? []).map((_, j) => row.reduce((sum, x, i) => sum + x * (b[i]?.[j] ?? Number.NaN), 0)),
  );
export const turned = (a: Matrix): Matrix =>
  (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? Number.NaN));
export const plus = (a: Matrix, b: Matrix, factor = 1): Matrix =>
  a.map((row, i) => row.map((x, j) => x + factor * (b[i]?.[j] ?? Number.NaN)));
export const column = (xs: readonly number[]): Matrix => xs.map((x) => [x]);
export const through = (m: Matrix, p: Matrix): Matrix => times(times(m, p), turned(m));

/** The inverse and log |det| of a positive definite matrix, by elimination. */
export const inverted = (a: Matrix): { readonly inverse: Matrix; readonly logDet: number } => {
  const n = a.length;
  const rows = a.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  let logDet = 0;
  for (let c = 0; c < n; c += 1) {
    const pivot = rows[c] ?? [];
    const size = pivot[c] ?? Number.NaN;
    logDet += Math.log(size);
    rows[c] = pivot.map((x) => x / size);
    for (let i = 0; i < n; i += 1) {
      if (i === c) continue;
      const factor = rows[i]?.[c] ?? 0;
      rows[i] = (rows[i] ?? []).map((x, j) => x - factor * (rows[c]?.[j] ?? 0));
    }
  }
  return { inverse: rows.map((row) => row.slice(n)), logDet };
};

/** x₁ ~ N(m, P), x_t = F x_{t−1} + u + N(0, Q), y_t = H x_t + v + N(0, R); F, u and Q of each move, H of each step. */
export interface Space {
  readonly m: readonly number[];
  readonly P: Matrix;
  readonly F: (move: number) => Matrix;
  readonly u: readonly number[];
  readonly Q: Matrix;
  readonly H: (step: number) => Matrix;
  readonly v: readonly number[];
  readonly R: Matrix;
}

export interface Moments {
  readonly mean: Matrix;
  readonly covariance: Matrix;
}

export interface Filtered {
  readonly logProb: number;
  readonly filtered: readonly Moments[];
  readonly smoothed: readonly Moments[];
}

/** The filter and the smoother, of series whose missing numbers are NaN. */
export const kalman = (space: Space, series: Matrix): Filtered => {
  let logProb = 0;
  const filtered: Moments[] = [];
  const ahead: Moments[] = [];
  series.forEach((y, t) => {
    const last = filtered[t - 1];
    const F = space.F(t - 1);
    const before: Moments =
      last === undefined
        ? { mean: column(space.m), covariance: space.P }
        : {
            mean: plus(times(F, last.mean), column(space.u)),
            covariance: plus(through(F, last.covariance), space.Q),
          };
    ahead.push(before);
    const kept = y.flatMap((x, i) => (Number.isNaN(x) ? [] : [i]));
    if (kept.length === 0) {
      filtered.push(before);
      return;
    }
    const rows = (m: Matrix): Matrix => kept.map((i) => m[i] ?? []);
    const H = rows(space.H(t));
    const R = rows(turned(rows(space.R)));
    const r = plus(plus(rows(column(y)), rows(column(space.v)), -1), times(H, before.mean), -1);
    const { inverse, logDet } = inverted(plus(through(H, before.covariance), R));
    const gain = times(times(before.covariance, turned(H)), inverse);
    logProb -=
      0.5 *
      ((times(times(turned(r), inverse), r)[0]?.[0] ?? Number.NaN) +
        logDet +
        kept.length * Math.log(2 * Math.PI));
    filtered.push({
      mean: plus(before.mean, times(gain, r)),
      covariance: plus(before.covariance, times(times(gain, H), before.covariance), -1),
    });
  });
  const smoothed: Moments[] = [];
  for (let t = series.length - 1; t >= 0; t -= 1) {
    const here = filtered[t] ?? { mean: [], covariance: [] };
    const [after, next] = [smoothed[0], ahead[t + 1]];
    if (after === undefined || next === undefined) {
      smoothed.unshift(here);
      continue;
    }
    const gain = times(
      times(here.covariance, turned(space.F(t))),
      inverted(next.covariance).inverse,
    );
    smoothed.unshift({
      mean: plus(here.mean, times(gain, plus(after.mean, next.mean, -1))),
      covariance: plus(here.covariance, through(gain, plus(after.covariance, next.covariance, -1))),
    });
  }
  return { logProb, filtered, smoothed };
};

/** Mean and covariance of all numbers of a series, one step after another. */
export const denseOf = (space: Space, steps: number): Moments => {
  const width = space.v.length;
  const all = Array.from({ length: steps }, (_, t) => t);
  const states: Moments[] = [];
  for (const t of all) {
    const last = states[t - 1];
    const F = space.F(t - 1);
    states.push(
      last === undefined
        ? { mean: column(space.m), covariance: space.P }
        : {
            mean: plus(times(F, last.mean), column(space.u)),
            covariance: plus(through(F, last.covariance), space.Q),
          },
    );
  }
  /** Cov(x_s, x_t) for s ≥ t. */
  const between = (s: number, t: number): Matrix => {
    let cross = states[t]?.covariance ?? [];
    for (let i = t; i < s; i += 1) cross = times(space.F(i), cross);
    return cross;
  };
  const block = (s: number, t: number): Matrix => {
    const cross = s >= t ? between(s, t) : turned(between(t, s));
    const seen = times(times(space.H(s), cross), turned(space.H(t)));
    return s === t ? plus(seen, space.R) : seen;
  };
  return {
    mean: all.flatMap((t) => plus(times(space.H(t), states[t]?.mean ?? []), column(space.v))),
    covariance: all.flatMap((s) =>
      Array.from({ length: width }, (_, i) => all.flatMap((t) => block(s, t)[i] ?? [])),
    ),
  };
};

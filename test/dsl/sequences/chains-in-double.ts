/** Hidden Markov models in double precision: by all paths, and by recursion. */

/** Logarithms of chances: of the first state, of each move `[step][from][to]`, and of each step by state. */
export interface ChainLogs {
  readonly start: readonly number[];
  readonly moves: readonly (readonly (readonly number[])[])[];
  readonly seen: readonly (readonly number[])[];
}

export const logSumExp = (xs: readonly number[]): number => {
  const peak = Math.max(...xs);
  return peak === -Infinity
    ? peak
    : peak + Math.log(xs.reduce((sum, x) => sum + Math.exp(x - peak), 0));
};

/** Of weights, the logarithms of their shares. */
export const logShares = (weights: readonly number[]): readonly number[] => {
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((w) => Math.log(w / total));
};

export const normalLog = (x: number, loc: number, scale: number): number =>
  -0.5 * ((x - loc) / scale) ** 2 - Math.log(scale) - 0.5 * Math.log(2 * Math.PI);

/** log p of a series, and logarithms of each step's shares given what came before. */
export const forward = ({
  start,
  moves,
  seen,
}: ChainLogs): { readonly logProb: number; readonly filtered: readonly (readonly number[])[] } => {
  let total = 0;
  const filtered: (readonly number[])[] = [];
  seen.forEach((here, t) => {
    const before = filtered[t - 1];
    const reached =
      before === undefined
        ? start
        : here.map((_, j) =>
            logSumExp(before.map((a, i) => a + (moves[t - 1]?.[i]?.[j] ?? Number.NaN))),
          );
    const joint = here.map((l, j) => l + (reached[j] ?? Number.NaN));
    const step = logSumExp(joint);
    total += step;
    filtered.push(joint.map((a) => a - step));
  });
  return { logProb: total, filtered };
};

/** Every path with log p of it and the series. */
export const allPaths = ({
  start,
  moves,
  seen,
}: ChainLogs): readonly { readonly path: readonly number[]; readonly log: number }[] =>
  seen.reduce<readonly { readonly path: readonly number[]; readonly log: number }[]>(
    (paths, here, t) =>
      paths.flatMap(({ path, log }) =>
        here.map((l, j) => {
          const from = path.at(-1);
          const move = from === undefined ? start[j] : moves[t - 1]?.[from]?.[j];
          return { path: [...path, j], log: log + l + (move ?? Number.NaN) };
        }),
      ),
    [{ path: [], log: 0 }],
  );

/** Chooses among programs that do the same by running each for a moment. */

/** One way to run something. */
export interface Candidate {
  /** What runs it, for people. */
  readonly by: string;
  readonly run: () => unknown;
  readonly close: () => Promise<void>;
}

/** A candidate with what it took. */
export interface Timed<C extends Candidate> {
  readonly candidate: C;
  /** Milliseconds a run, the least of several. */
  readonly ms: number;
}

/** Milliseconds of running a candidate for the engine to warm up, and to measure. */
const WARM = 12;
const MEASURE = 12;

/** A batch of runs long enough for the clock. */
const batchOf = (ms: number): number => Math.max(1, Math.min(1000, Math.round(0.5 / ms)));

const repeat = async (run: () => unknown, times: number): Promise<number> => {
  const began = performance.now();
  for (let i = 0; i < times; i += 1) {
    const result = run();
    if (result instanceof Promise) await result;
  }
  return (performance.now() - began) / times;
};

/** The least time of a run, from several short measurements after a warm-up. */
export const timeOf = async (run: () => unknown): Promise<number> => {
  let ms = await repeat(run, 1);
  const warmUntil = performance.now() + WARM;
  while (performance.now() < warmUntil) ms = Math.min(ms, await repeat(run, batchOf(ms)));
  const until = performance.now() + MEASURE;
  do ms = Math.min(ms, await repeat(run, batchOf(ms)));
  while (performance.now() < until);
  return ms;
};

/** Times candidates and keeps the fastest; the others are closed. */
export const fastest = async <C extends Candidate>(
  candidates: readonly [C, ...C[]],
): Promise<{ readonly chosen: C; readonly timed: readonly Timed<C>[] }> => {
  const timed: Timed<C>[] = [];
  for (const candidate of candidates) {
    timed.push({
      candidate,
      ms: candidates.length === 1 ? Number.NaN : await timeOf(candidate.run),
    });
  }
  const [first = { candidate: candidates[0], ms: 0 }, ...others] = timed.toSorted(
    (a, b) => a.ms - b.ms,
  );
  for (const { candidate } of others) await candidate.close();
  return { chosen: first.candidate, timed };
};

/** A time for people: 3.1 µs, 12 µs, 4.2 ms. */
export const showTime = (ms: number): string => {
  const [value, unit] = ms < 1 ? [ms * 1000, 'µs'] : [ms, 'ms'];
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
};

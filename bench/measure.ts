/** Interleaved timing: contenders take turns, so that a wandering machine hits all alike. */

/** One thing to time: a step that may be asynchronous, and what frees it. */
export interface Contender {
  readonly name: string;
  readonly step: () => void | Promise<void>;
  readonly close: () => void | Promise<void>;
}

/** Milliseconds a step, the median over the rounds. */
export interface Timing {
  readonly name: string;
  readonly ms: number;
}

const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** Times contenders in turn, `rounds` times after `warmup` turns that do not count. */
export const interleave = async (
  contenders: readonly Contender[],
  { rounds, warmup }: { readonly rounds: number; readonly warmup: number },
): Promise<readonly Timing[]> => {
  const times = contenders.map((): number[] => []);
  for (let round = -warmup; round < rounds; round += 1) {
    for (const [i, contender] of contenders.entries()) {
      const began = performance.now();
      await contender.step();
      if (round >= 0) times[i]?.push(performance.now() - began);
    }
  }
  for (const contender of contenders) await contender.close();
  return contenders.map(({ name }, i) => ({ name, ms: median(times[i] ?? []) }));
};

/**
 * Timing by turns: each contender runs for a moment while the others rest, round after round, so
 * that a machine that wanders hits all of them alike.
 */

/** What takes turns: runs this many steps and says how long they took, in milliseconds. */
export type Run = (steps: number) => Promise<number>;

export interface Turns {
  readonly rounds: number;
  /** How long a turn is meant to take, in milliseconds. */
  readonly turn: number;
  /** Rest before each turn, in milliseconds: threads of the last contender spin for a while. */
  readonly rest: number;
}

/** A step that takes this many turns is slow: who takes it sits out some rounds. */
const PATIENCE = 4;

/** The fewest rounds in which a slow contender takes part. */
const LEAST = 2;

/** The most steps in a turn, where one is too short for the clock. */
const MOST = 1_000_000;

export const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

/** Whether someone who takes part in `parts` of `rounds`, evenly spread, does so in this one. */
export const takesPart = (round: number, rounds: number, parts: number): boolean =>
  Math.floor((round * parts) / rounds) !== Math.floor(((round - 1) * parts) / rounds);

/** How many of the rounds a contender takes part in, from how long a step of it takes. */
export const partsFor = (stepMs: number, { rounds, turn }: Turns): number => {
  const affordable = Math.ceil((rounds * PATIENCE * turn) / Math.max(stepMs, turn));
  return Math.min(rounds, Math.max(Math.min(LEAST, rounds), affordable));
};

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Milliseconds a step, the median over rounds or another summary, in the order of the contenders. `guesses` say about
 * how long a step of each takes; every turn corrects its own.
 */
export const interleave = async (
  runs: readonly Run[],
  guesses: readonly number[],
  turns: Turns,
  summary: (ms: readonly number[]) => number = median,
): Promise<readonly number[]> => {
  const { rounds, turn, rest } = turns;
  const stepMs = [...guesses];
  const times = runs.map((): number[] => []);
  const parts = guesses.map((guess) => partsFor(guess, turns));
  const slow = guesses.map((guess) => guess > PATIENCE * turn);
  // Round −1 warms up and corrects the guesses; the slow are spared it.
  for (let round = -1; round < rounds; round += 1) {
    for (const [i, run] of runs.entries()) {
      const asked = parts[i] ?? rounds;
      if (round < 0 ? slow[i] : !takesPart(round, rounds, asked)) continue;
      await pause(rest);
      const steps = Math.min(MOST, Math.max(1, Math.round(turn / (stepMs[i] ?? turn))));
      const ms = (await run(steps)) / steps;
      stepMs[i] = ms;
      if (round >= 0) times[i]?.push(ms);
    }
  }
  return times.map(summary);
};

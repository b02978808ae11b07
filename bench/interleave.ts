/**
 * Timing by turns: each contender runs for a block while the others rest, round after round, so that a
 * machine that wanders hits all of them alike.
 */

export interface Turns {
  readonly rounds: number;
  /** How long a block lasts at least, in milliseconds. */
  readonly block: number;
  /** Rest before each block, in milliseconds: threads of the last contender spin for a while. */
  readonly rest: number;
}

/** What takes turns. */
export interface Turner<B> {
  /** Runs for at least so many milliseconds. */
  readonly run: (atLeast: number) => Promise<B>;
  /** In how many of the rounds it takes part. */
  readonly parts: number;
}

/** The fewest rounds in which somebody takes part, unless a single step of it outlasts so many blocks. */
const LEAST = 2;
const ENDLESS = 4;

/** Ours and those near us are measured closely; who is this many times slower is not. */
const FAR = 4;

/** The share of the rounds that is enough for somebody far slower. */
export const FAR_SHARE = 0.3;

/** The share of the rounds that somebody needs whose step takes so long, beside ours. */
export const shareOf = (stepMs: number, oursMs: number): number =>
  stepMs > FAR * oursMs ? FAR_SHARE : 1;

/** How many rounds are a share of them: fewer where a single step outlasts a block. */
export const partsFor = (stepMs: number, share: number, { rounds, block }: Turns): number => {
  const needed = Math.ceil((rounds * share * block) / Math.max(stepMs, block));
  return Math.min(rounds, Math.max(stepMs > ENDLESS * block ? 1 : LEAST, needed));
};

/** Whether someone who takes part in `parts` of `rounds`, evenly spread, does so in this one. */
export const takesPart = (round: number, rounds: number, parts: number): boolean =>
  Math.floor((round * parts) / rounds) !== Math.floor(((round - 1) * parts) / rounds);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The blocks of each, in the order given. Each round begins with another one. */
export const interleave = async <B>(
  turners: readonly Turner<B>[],
  { rounds, block, rest }: Turns,
): Promise<readonly (readonly B[])[]> => {
  const blocks = turners.map((): B[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (let place = 0; place < turners.length; place += 1) {
      const who = (round + place) % turners.length;
      const turner = turners[who];
      if (turner === undefined || !takesPart(round, rounds, turner.parts)) continue;
      await pause(rest);
      blocks[who]?.push(await turner.run(block));
    }
  }
  return blocks;
};

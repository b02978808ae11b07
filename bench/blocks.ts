/** Blocks of steps with the time that they took, and what many of them say. */

/** Takes steps and gives the loss before each update. */
export type Take = (steps: number) => Promise<readonly number[]>;

/** Steps that were taken one after another. */
export interface Block {
  readonly steps: number;
  /** How long all of them took, in milliseconds. */
  readonly ms: number;
  /** The middle one of its steps, or of its portions of a step each where steps are short. */
  readonly medianMs: number;
}

export const median = (xs: readonly number[]): number => {
  const sorted = xs.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

const sum = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);

/** Milliseconds a step over all blocks: what somebody waits for who takes all of them. */
export const meanMs = (blocks: readonly Block[]): number =>
  sum(blocks.map(({ ms }) => ms)) / sum(blocks.map(({ steps }) => steps));

/** The middle block's middle step, which what happens now and then does not move. */
export const medianMs = (blocks: readonly Block[]): number =>
  median(blocks.map((block) => block.medianMs));

/** The fastest block's milliseconds a step, which others on the machine disturb the least. */
export const leastMs = (blocks: readonly Block[]): number =>
  Math.min(...blocks.map(({ ms, steps }) => ms / steps));

/** Milliseconds of a portion that a clock reads well. */
const PORTION = 2;

/** The most steps in a portion, as training takes at most so many in a call. */
const MOST = 1024;

/**
 * Takes blocks that last at least so many milliseconds. Steps are taken in portions that a clock can
 * read: one by one, or, where they are short, so many that a portion lasts two milliseconds.
 */
export const blocksOf = (
  take: Take,
  now: () => number = () => performance.now(),
): ((atLeast: number) => Promise<Block>) => {
  let portion = 1;
  return async (atLeast) => {
    const began = now();
    const each: number[] = [];
    let steps = 0;
    let before = began;
    while (before - began < atLeast || steps === 0) {
      await take(portion);
      const after = now();
      each.push((after - before) / portion);
      steps += portion;
      if (after - before < PORTION) portion = Math.min(2 * portion, MOST);
      before = after;
    }
    return { steps, ms: before - began, medianMs: median(each) };
  };
};

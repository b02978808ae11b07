/** Whether a peer does the same work: its loss comes down as ours does. */
import type { Case } from '../case.js';

export interface Verdict {
  /** Steps that both took. */
  readonly steps: number;
  /** Nats for a datum, the mean over the last half of those steps. */
  readonly ours: number;
  readonly theirs: number;
  readonly agrees: boolean;
}

const meanOf = (losses: readonly (number | null)[], from: number, to: number): number =>
  losses.slice(from, to).reduce<number>((sum, loss) => sum + (loss ?? Number.NaN), 0) / (to - from);

/** Compares losses from the same start, step by step; a loss that is not a number never agrees. */
export const agreement = (
  { datums, agreement: { tolerance } }: Case,
  ours: readonly (number | null)[],
  theirs: readonly (number | null)[],
): Verdict => {
  const steps = Math.min(ours.length, theirs.length);
  const from = Math.floor(steps / 2);
  const [a, b] = [meanOf(ours, from, steps), meanOf(theirs, from, steps)];
  return {
    steps,
    ours: a / datums,
    theirs: b / datums,
    agrees: Math.abs(a - b) <= tolerance * Math.abs(a),
  };
};

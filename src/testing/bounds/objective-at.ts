/** An objective as a function of its number of particles. */
import type { Objective } from '../../bounds/objective.js';

/** An objective, or a function that makes it of a number of particles. */
export type MakeObjective = Objective | ((particles: number) => Objective);

/** Particles of laws that hold at every draw. */
const FEW = 4;

/** An objective at numbers of particles. */
export interface ObjectiveAt {
  readonly at: (particles: number) => Objective;
  /** The numbers that there are, in rising order; one that is not a function has its own. */
  readonly particles: readonly number[];
  /** Of a few particles, and of two where it can be: fewer joint draws to sum over. */
  readonly few: Objective;
  readonly two: Objective;
  /** The numbers again, that of `few` first; and those from that of `two` on. */
  readonly fromFew: readonly number[];
  readonly fromTwo: readonly number[];
}

/** The numbers of particles that a function does not refuse: some bounds need two at least. */
const accepted = (
  make: (particles: number) => Objective,
  particles: readonly number[],
): readonly number[] =>
  particles.filter((k) => {
    try {
      make(k);
      return true;
    } catch (error) {
      if (error instanceof RangeError) return false;
      throw error;
    }
  });

/** An objective at the numbers of particles that are asked for. */
export const objectiveAt = (make: MakeObjective, particles: readonly number[]): ObjectiveAt => {
  if (typeof make !== 'function') {
    const one = [make.particles];
    return { at: () => make, particles: one, few: make, two: make, fromFew: one, fromTwo: one };
  }
  const known = accepted(make, particles);
  const most = (limit: number): number =>
    known.reduce((best, k) => (k <= limit ? k : best), known[0] ?? limit);
  const from = (first: number): readonly number[] => [first, ...known.filter((k) => k !== first)];
  const [few, two] = [most(FEW), most(2)];
  return {
    at: make,
    particles: known,
    few: make(few),
    two: make(two),
    fromFew: from(few),
    fromTwo: from(two).filter((k) => k >= two),
  };
};

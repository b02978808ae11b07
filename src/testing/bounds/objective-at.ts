/** An objective as a function of its number of particles. */
import type { Objective } from '../../bounds/objective.js';

/** An objective, or a function that makes it of a number of particles. */
export type MakeObjective = Objective | ((particles: number) => Objective);

/** Particles of laws that hold at every draw. */
export const FEW = 4;

/** An objective at numbers of particles. */
export interface ObjectiveAt {
  readonly at: (particles: number) => Objective;
  /** The numbers that there are, in rising order; one that is not a function has its own. */
  readonly particles: readonly number[];
  /** Of a few particles, and of two where it can be: fewer joint draws to sum over. */
  readonly few: Objective;
  readonly two: Objective;
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
    return { at: () => make, particles: [make.particles], few: make, two: make };
  }
  const known = accepted(make, particles);
  const most = (limit: number): number =>
    known.reduce((best, k) => (k <= limit ? k : best), known[0] ?? limit);
  return { at: make, particles: known, few: make(most(FEW)), two: make(most(2)) };
};

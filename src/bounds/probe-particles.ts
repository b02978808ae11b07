/** How many particles a program is tried with. */
import type { Structure } from './structure.js';

const primes = [2, 3, 5, 7, 11, 13, 17, 19, 23];

/**
 * A number of particles, a multiple of `each`, that is no axis of the programs: one that lines up with the
 * particles by accident is found out. Nothing where there is none.
 */
export const particlesBeside = ({ model, guide }: Structure, each = 1): number | undefined => {
  const used = new Set(
    [...model, ...guide].flatMap((s) => [
      ...s.plates.map((p) => p.count),
      ...(s.kind === 'factor' ? [] : s.eventShape),
    ]),
  );
  return primes.map((p) => each * p).find((n) => !used.has(n));
};

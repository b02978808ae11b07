/** What the numbers that laws of counts are made from must be. */
import type { Domain } from '../../checks/domain.js';

/** Counts of more than 2²⁴ are no longer all of them float32 numbers: laws that may reach them are refused. */
export const MOST = 2 ** 22;

/** Positive means of counts that float32 holds. */
export const countMean: Domain = {
  words: `positive and at most ${MOST}`,
  cure: 'take a normal law for counts as large as that, or count in thousands',
  rank: 0,
  entry: (x) => x > 0 && x <= MOST,
};

/** How many trials there are. */
export const trials: Domain = {
  words: `a whole number from 0 to ${MOST}`,
  cure: 'take a normal law for counts as large as that, or count in thousands',
  rank: 0,
  entry: (x) => Number.isInteger(x) && x >= 0 && x <= MOST,
};

/** The chance of the event that is waited for, so likely that float32 holds the wait. */
export const waitingChance: Domain = {
  words: 'from 2⁻¹⁹ to 1',
  cure: 'take an exponential law for waits as long as that',
  rank: 0,
  entry: (x) => x >= 2 ** -19 && x <= 1 + 1e-5,
};

/** Its log odds. */
export const waitingOdds: Domain = {
  words: 'finite and at least -13',
  cure: 'take an exponential law for waits as long as that',
  rank: 0,
  entry: (x) => x >= -13 && x < Infinity,
};

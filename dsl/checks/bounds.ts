/** Bounds that a law is cut off at: what they must be. */
import type { Domain } from './domain.js';

/** A bound that may be infinite on its own side: on the left of a law by 1, on the right by −1. */
export const boundDomain = (side: 1 | -1): Domain => ({
  words: side === 1 ? 'a number below Infinity' : 'a number above -Infinity',
  cure: 'look at what it is computed from',
  rank: 0,
  entry: (x) => x * side < Infinity,
});

/** How far one bound is above the other. */
export const widthDomain: Domain = {
  words: 'positive',
  cure: 'swap the bounds',
  rank: 0,
  entry: (x) => x > 0,
};

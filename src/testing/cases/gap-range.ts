/** Gaps that are asked for. */
import * as fc from 'fast-check';
import type { Rule } from '../../../dsl/refusals/options.js';

/** KL(guide ‖ posterior) in nats: one number, or from `min` to `max`. */
export type GapRange = number | { readonly min: number; readonly max: number };

const isPositive = (x: unknown): x is number =>
  typeof x === 'number' && Number.isFinite(x) && x > 0;

/** A gap as an option. */
export const gapRule: Rule = {
  expected: 'a number of nats above 0, or { min, max }',
  holds: (value) =>
    isPositive(value) ||
    (typeof value === 'object' &&
      value !== null &&
      'min' in value &&
      'max' in value &&
      isPositive(value.min) &&
      isPositive(value.max) &&
      value.min <= value.max),
  cure: 'pass { min: 0.5, max: 4 }, say',
};

/** The gaps that `boundCases` and its generators make where none is asked for. */
export const USUAL_GAP: GapRange = { min: 0.25, max: 4 };

/** Gaps of a range, in eighths; smaller ones are simpler. */
export const gapsIn = (gap: GapRange): fc.Arbitrary<number> => {
  if (typeof gap === 'number') return fc.constant(gap);
  const [low, high] = [Math.ceil(gap.min * 8), Math.floor(gap.max * 8)];
  return low > high
    ? fc.constant(gap.min)
    : fc.integer({ min: low, max: high }).map((eighths) => eighths / 8);
};

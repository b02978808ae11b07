/** Checks of what optimisers and schedules are made with: a number that is wrong ruins a run in silence. */
import { demand } from '../../dsl/refusals/options.js';

type Numbers = Readonly<Record<string, number>>;

const each = (
  who: string,
  numbers: Numbers,
  holds: (value: number) => boolean,
  what: string,
  cure: string,
): void =>
  Object.entries(numbers).forEach(([name, value]) =>
    demand(holds(value), who, `${name} to be ${what}`, value, cure),
  );

/** Throws a `RangeError` unless each is finite; `cure` says what to pass. */
export const checkFinite = (who: string, numbers: Numbers, cure: string): void =>
  each(who, numbers, Number.isFinite, 'finite', cure);

/** Throws a `RangeError` unless each is finite and at least 0: updates are subtracted already. */
export const checkRates = (who: string, rates: Numbers): void =>
  each(
    who,
    rates,
    (rate) => Number.isFinite(rate) && rate >= 0,
    'finite and at least 0',
    'updates descend already: pass 0.01, say',
  );

/** Throws a `RangeError` unless each is at least 0 and less than 1. */
export const checkShares = (who: string, shares: Numbers): void =>
  each(
    who,
    shares,
    (share) => share >= 0 && share < 1,
    'at least 0 and less than 1',
    'pass 0.9, say',
  );

/** Throws a `RangeError` unless each is finite and above 0; `cure` says what to pass. */
export const checkPositive = (who: string, numbers: Numbers, cure: string): void =>
  each(who, numbers, (x) => Number.isFinite(x) && x > 0, 'finite and above 0', cure);

/** Throws a `RangeError` unless a number of steps, which need not be whole, is at least `least`. */
export const checkSteps = (who: string, steps: Numbers, least = 1): void =>
  each(
    who,
    steps,
    (x) => Number.isFinite(x) && x >= least,
    `finite and at least ${least}`,
    'pass the number of steps that training takes, say',
  );

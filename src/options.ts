/** Checks of options: a message says whose they are, what was expected, what came, and the cure. */

/** Throws a `RangeError` unless a demand on an option holds. */
export const demand = (
  holds: boolean,
  who: string,
  expected: string,
  received: number | string,
  cure: string,
): void => {
  if (holds) return;
  throw new RangeError(`${who}: expected ${expected}, but got ${received}; ${cure}.`);
};

/** Throws a `RangeError` unless each number is whole and at least `least`. */
export const checkWhole = (
  who: string,
  counts: Readonly<Record<string, number>>,
  least = 1,
): void =>
  Object.entries(counts).forEach(([name, value]) =>
    demand(
      Number.isInteger(value) && value >= least,
      who,
      `${name} to be a whole number of at least ${least}`,
      value,
      `pass ${name}: ${Math.max(least, Math.round(value) || least)}, say`,
    ),
  );

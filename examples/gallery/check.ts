/** What an example holds itself against. */

/** A number that was found, and whether it is what is wanted. */
export interface Check {
  readonly what: string;
  readonly found: number;
  readonly wanted: string;
  readonly holds: boolean;
}

/**
 * A number as people read it: four digits, fewer where it is small.
 *
 * @example
 * ```ts
 * [12.3456, 0.00012345, 1e-7].map(shown); // ['12.35', '0.00012', '1e-7']
 * ```
 */
export const shown = (x: number): string => {
  if (Number.isInteger(x) && Math.abs(x) < 1e6) return String(x);
  return String(Number(x.toPrecision(Math.abs(x) < 1e-3 ? 2 : 4)));
};

/**
 * Wants a number to be at most a limit. What is no number never is.
 *
 * @example
 * ```ts
 * atMost('angle, degrees', 0.2, 1);
 * // { what: 'angle, degrees', found: 0.2, wanted: 'at most 1', holds: true }
 * atMost('angle, degrees', Number.NaN, 1).holds; // false
 * ```
 */
export const atMost = (what: string, found: number, limit: number): Check => ({
  what,
  found,
  wanted: `at most ${shown(limit)}`,
  holds: found <= limit,
});

/**
 * Wants a number to be at least a limit.
 *
 * @example
 * ```ts
 * atLeast('accuracy', 0.89, 0.9);
 * // { what: 'accuracy', found: 0.89, wanted: 'at least 0.9', holds: false }
 * ```
 */
export const atLeast = (what: string, found: number, limit: number): Check => ({
  what,
  found,
  wanted: `at least ${shown(limit)}`,
  holds: found >= limit,
});

/**
 * Wants a number to lie from `least` to `most`.
 *
 * @example
 * ```ts
 * within('mean', 1.2, 1, 2);
 * // { what: 'mean', found: 1.2, wanted: 'from 1 to 2', holds: true }
 * ```
 */
export const within = (what: string, found: number, least: number, most: number): Check => ({
  what,
  found,
  wanted: `from ${shown(least)} to ${shown(most)}`,
  holds: least <= found && found <= most,
});

/** The checks as lines: what was found, what is wanted, and a mark where they differ. */
export const showChecks = (checks: readonly Check[]): string =>
  checks
    .map(
      ({ what, found, wanted, holds }) =>
        `${holds ? '  holds' : '  FAILS'}  ${what}: ${shown(found)} (${wanted})`,
    )
    .join('\n');

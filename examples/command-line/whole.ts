import * as t from 'io-ts';

/** The largest seed, and the most of anything that is counted. */
export const MOST = 2 ** 31 - 1;

/** Whole numbers from `least` to `most`, as a command line writes them. */
export const whole = (least: number, most: number): t.Type<number, number, unknown> => {
  const is = (u: unknown): u is number =>
    typeof u === 'number' && Number.isSafeInteger(u) && u >= least && u <= most;
  return new t.Type(
    `a whole number from ${least} to ${most}`,
    is,
    (u, context) => {
      const n = typeof u === 'string' && /^\d+$/.test(u) ? Number(u) : u;
      return is(n) ? t.success(n) : t.failure(u, context);
    },
    (n) => n,
  );
};

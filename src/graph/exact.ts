/** Plain data as text, two texts equal only where the data are. */

const spelled = (value: unknown): unknown => {
  switch (typeof value) {
    case 'number':
      // JSON writes all of these as null or 0.
      return !Number.isFinite(value) || Object.is(value, -0)
        ? { number: Object.is(value, -0) ? '-0' : String(value) }
        : value;
    case 'undefined':
      return { undefined: true };
    default:
      return value;
  }
};

/** JSON that keeps NaN, the infinities, −0 and undefined apart; `replace` comes first. */
export const exactJson = (
  value: unknown,
  replace: (value: unknown) => unknown = (v) => v,
): string => JSON.stringify(value, (_, v: unknown) => spelled(replace(v))) ?? '';

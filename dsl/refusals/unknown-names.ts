import { SiteError, siteLabel } from './error.js';
import { meantBy } from './nearest.js';

/** Throws a `SiteError` where some of the names are none of those that there are; `label` says what they are of. */
export const refuseUnknown = (
  names: readonly string[],
  known: readonly string[],
  expected: string,
  label: (name: string) => string = siteLabel,
): void => {
  const missed = names.filter((name) => !known.includes(name));
  const [first] = missed;
  if (first === undefined) return;
  throw new SiteError({
    site: missed.map(label).join(', '),
    expected,
    received: 'none of this name',
    cure: meantBy(first, known),
  });
};

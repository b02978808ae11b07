/** Names of sites, parameters, plates, networks and scopes. */
import { described } from '../tensors/described.js';
import { SiteError } from '../refusals/error.js';

/** Throws a `SiteError` for what is no name: a text that is not empty. */
export const checkName = (
  kind: 'site' | 'param' | 'plate' | 'network' | 'noise' | 'scope',
  name: unknown,
): void => {
  if (typeof name === 'string' && name !== '') return;
  throw new SiteError({
    site: `a ${kind}`,
    expected: 'a name that is a text and not empty',
    received: typeof name === 'string' ? 'an empty one' : described(name).words,
    cure: 'Give it a name of its own, which reports and errors call it by.',
  });
};

/** What is known of sites in part must be data. */
import { SiteError } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { knownIn } from '../../interpreters/known.js';
import type { SiteRecord } from '../../interpreters/record.js';
import type { Provenance } from './provenance.js';

/**
 * Throws a `SiteError` where what is known of a site was computed from draws or parameters: the guide would know
 * what another run drew.
 */
export const checkGivenAsData = (records: readonly SiteRecord[], { of }: Provenance): void => {
  for (const [name, { value, where }] of knownIn(records)) {
    const origins = [of(value), of(where)];
    const from = new Set([
      ...origins.flatMap((o) => [...o.sites].map(siteLabel)),
      ...origins.flatMap((o) => [...o.params].map((p) => `param '${p}'`)),
    ]);
    if (from.size === 0) continue;
    throw new SiteError({
      site: siteLabel(name),
      expected: 'data for { value, where }',
      received: `what is computed from ${[...from].join(', ')}`,
      cure: 'Condition on what was observed, and sample what was not.',
    });
  }
};

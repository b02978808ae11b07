/** Draws that a mask leaves out of log q, where an estimator takes log q for the law of every draw. */
import { SiteError } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { Joint } from '../joint.js';

/**
 * Throws a `SiteError` where a masked draw of the guide reaches another term. Estimators that turn the
 * score of log q into a path derivative would take part of the gradient for a score that is not there.
 */
export const checkMaskedDraws = ({ guide, derivation: { terms, objective } }: Joint): void => {
  for (const r of guide.records) {
    if (r.kind !== 'sample' || r.distribution.unmasked === undefined) continue;
    const reached = terms.find((t) => t.site !== r.name && t.dependsOn.includes(r.name));
    if (reached === undefined) continue;
    throw new SiteError({
      site: siteLabel(r.name),
      expected: `a draw whose whole law is in the guide's density, under ${objective}`,
      received: `a masked one that ${siteLabel(reached.site)} depends on`,
      cure: "Mask the model's terms alone, or use elbo or iwae with the gradient 'pathwise' or 'any'.",
    });
  }
};

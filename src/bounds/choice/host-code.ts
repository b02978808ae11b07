/**
 * What host code, and draws that are no latents, allow between the sites and the bound where no gradient
 * passes them: estimators that need none through the draw.
 */
import { SiteError } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { trainsOwner } from '../meaning.js';
import type { Objective } from '../objective.js';
import { type SampleStructure, type Structure, latentSites } from '../dependence/structure.js';

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ');

/** Why what reaches some terms through host code has no gradient of them. */
const throughHost = (terms: readonly string[]): string =>
  `it reaches ${quoted(terms)} through host code (blackBox), which no gradient passes`;

/** Why a site's draw carries no gradient to the bound; nothing where it does. */
export const obstacleOf = ({ hosts, cuts }: SampleStructure): string | undefined => {
  if (hosts.length > 0) return throughHost(hosts);
  return cuts.length === 0
    ? undefined
    : `it reaches ${quoted(cuts)} through a draw that is no latent (noise, or hidden by block) and carries no gradient`;
};

/**
 * Throws a `SiteError` where a gradient would have to pass host code: of a site, where the objective has
 * an estimator for all that goes through the draw; of a parameter that is trained, with no site between.
 */
export const checkHosts = (
  structure: Structure,
  { name: objective, meaning, preferences: { everySite } }: Objective,
  trains?: readonly string[],
): void => {
  const needsDraw =
    meaning.requires.gradient === 'pathwise' || everySite?.estimator.throughDraw === true;
  const obstacles = needsDraw
    ? latentSites(structure.guide).map((q) => [q.name, obstacleOf(q)] as const)
    : [];
  for (const [name, received] of obstacles) {
    if (received === undefined) continue;
    throw new SiteError({
      site: `${siteLabel(name)} of the guide`,
      expected: `a site whose draw carries a gradient, as ${objective} needs`,
      received,
      cure: 'Use an objective that takes scores, such as elbo, vimco or varGrad.',
    });
  }
  const param = structure.params.find(
    ({ name, owner, hosts }) =>
      hosts.length > 0 &&
      (trains === undefined || trains.includes(name)) &&
      trainsOwner(meaning, owner),
  );
  if (param === undefined) return;
  throw new SiteError({
    site: `param '${param.name}'`,
    expected: 'a gradient from every term that depends on it',
    received: throughHost(param.hosts),
    cure: 'Put a site in between, sample(…, normal(param, scale)) in model and guide, say, or leave it out of what is trained (`trains`).',
  });
};

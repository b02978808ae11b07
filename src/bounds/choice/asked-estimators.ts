/** Whether an estimator that the user asked for is valid at its site. */
import { SiteError } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { meantBy } from '../../../dsl/refusals/nearest.js';
import type { Rule } from '../../../dsl/refusals/options.js';
import type { SampleStructure } from '../dependence/structure.js';
import type { Objective } from '../objective.js';
import {
  type EstimatedSite,
  type Estimator,
  type Refusal,
  showEstimator,
} from '../estimators/estimator.js';
import { obstacleOf } from './host-code.js';

/** Estimators by site, as an option. */
export const estimatorsBySite: Rule = {
  expected: 'estimators by site',
  holds: (estimators) =>
    typeof estimators === 'object' &&
    estimators !== null &&
    Object.values(estimators).every(
      (e: unknown) => typeof e === 'object' && e !== null && 'name' in e && 'label' in e,
    ),
  cure: 'pass { z: scoreFunction() }, say',
};

/** Throws where estimators are named for sites that are not there, or where the objective has its own. */
export const checkNames = (
  names: readonly string[],
  latents: readonly SampleStructure[],
  { name: objective, preferences: { everySite } }: Objective,
): void => {
  const [first] = names;
  if (first !== undefined && everySite !== undefined) {
    throw new SiteError({
      site: siteLabel(first),
      expected: `no estimator of its own, for ${objective} has one for every site`,
      received: 'one',
      cure: 'Leave it out, or use an objective that chooses for each site, as elbo and iwae do.',
    });
  }
  const known = latents.map((q) => q.name);
  checkKnown(names, known, 'where an estimator is asked for');
};

/** Throws where a name is that of no latent site; `where` says what names it. */
export const checkKnown = (
  names: readonly string[],
  known: readonly string[],
  where: string,
): void => {
  const name = names.find((n) => !known.includes(n));
  if (name === undefined) return;
  throw new SiteError({
    site: siteLabel(name),
    expected: `a latent site of the guide, ${where}`,
    received: 'none of this name',
    cure: meantBy(name, known),
  });
};

/** What the engine asks of any estimator, and what this one asks itself. */
const refusalOf = (e: Estimator, site: EstimatedSite): Refusal | undefined => {
  const cut = obstacleOf(site);
  if (cut !== undefined && e.throughDraw) {
    return {
      received: `a site that ${cut.slice('it '.length)}`,
      cure: `Ask for ${site.gradient === 'enumerable' ? 'enumeration() or scoreFunction()' : 'scoreFunction()'}.`,
    };
  }
  const own = e.refuses?.(site);
  if (own !== undefined) return own;
  if (site.overWeights && e.surrogate !== undefined && e.ofWeights === undefined) {
    return {
      received: `${site.objective}, a function of the weights of all particles at once`,
      cure: 'Ask for it in elbo or betaElbo, or for scoreFunction() here.',
    };
  }
  return e.sums && site.cannotSum !== undefined
    ? {
        received: `a site that cannot be summed: ${site.cannotSum}`,
        cure: 'Ask for scoreFunction().',
      }
    : undefined;
};

/** Throws a `SiteError` where an estimator that was asked for is not valid at a site. */
export const checkValid = (e: Estimator, site: EstimatedSite): void => {
  const refusal = refusalOf(e, site);
  if (refusal === undefined) return;
  throw new SiteError({
    site: `${siteLabel(site.name)} of the guide`,
    expected: `a site that ${showEstimator(e)} is valid for`,
    ...refusal,
  });
};

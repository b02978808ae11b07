/** Which estimator each latent site gets, and why. */
import { SiteError } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { checkNames, checkValid } from './asked-estimators.js';
import { estimators } from '../estimators/catalogue.js';
import type { TermDerivation } from '../derivation.js';
import type { EstimatedSite, EstimatorChoice } from '../estimators/estimator.js';
import { obstacleOf } from './host-code.js';
import { isOverWeights } from '../meaning.js';
import type { Objective } from '../objective.js';
import { scoreFunction } from '../estimators/score-function.js';
import {
  type SampleStructure,
  type Structure,
  latentSites,
  sampleAt,
} from '../dependence/structure.js';

export interface DivergenceChoice {
  readonly how: 'closedForm' | 'sampled';
  readonly why: string;
}

/**
 * KL(q(z) ‖ p(z)) replaces the sampled difference only where p's parameters do not depend on z,
 * directly or through sites that the guide draws after it: the mean-field condition.
 */
export const chooseDivergence = (
  p: SampleStructure,
  structure: Structure,
  objective: Objective,
): DivergenceChoice => {
  if (objective.preferences.closedFormKl === 'never') {
    return {
      how: 'sampled',
      why: !isOverWeights(objective.meaning)
        ? 'the objective asks for sampled divergences'
        : 'a weight is that of a draw',
    };
  }
  if (!structure.closedForms.includes(p.name)) {
    const q = sampleAt(structure.guide, p.name);
    return { how: 'sampled', why: `no closed form is known for ${q.family} against ${p.family}` };
  }
  if (p.ancestors.includes(p.name)) {
    return {
      how: 'sampled',
      why: `the prior of '${p.name}' depends on sites that the guide draws from '${p.name}', so its closed form would be wrong`,
    };
  }
  return { how: 'closedForm', why: `the prior's parameters do not depend on '${p.name}'` };
};

/** Beyond this many joint values summing costs more than sampling. */
const MOST_VALUES = 4096;

/** A choice, whether the user made it, and what else there is to say of it. */
interface Chosen extends EstimatorChoice {
  readonly asked?: true;
  readonly notes?: readonly string[];
}

/** Whether each plate element's values can be taken on their own. */
const staysInPlates = (q: SampleStructure, terms: readonly TermDerivation[]): boolean =>
  terms.every(
    (t) =>
      !t.dependsOn.includes(q.name) ||
      q.plates.every((plate) => t.plates.some((p) => p.name === plate.name)),
  );

/** Why a site cannot be summed, beside sites that have so many joint values already. */
const obstacleToSum = (q: SampleStructure, stays: boolean, joint: number): string | undefined => {
  if (q.values === undefined) return 'its support has too many values to sum';
  if (!stays) return 'a term outside its plate depends on all its elements at once';
  if (q.mixed) return 'a term depends on several of its elements at once';
  return joint * q.values > MOST_VALUES
    ? 'together with other sites there are too many values to sum'
    : undefined;
};

/** What is valid wherever log q has a gradient. */
const scoreFor = ({ preferences: { baseline } }: Objective, why: string): EstimatorChoice => ({
  estimator: scoreFunction({ baseline }),
  why,
});

/** What a site gets where nothing is asked for: what is usual for its family, or else the score. */
const usualFor = (site: EstimatedSite, objective: Objective): EstimatorChoice => {
  const [usual] = estimators.flatMap((estimator) => {
    const why = estimator.refuses?.(site) === undefined && estimator.usual?.(site);
    return why ? [{ estimator, why }] : [];
  });
  const unwanted =
    objective.preferences.discrete === 'score'
      ? 'the objective asks for score functions'
      : site.cannotSum;
  const obstacle = usual?.estimator.sums ? unwanted : obstacleOf(site);
  if (usual !== undefined && obstacle === undefined) return usual;
  const weighed = site.gradient === 'enumerable' ? ', and a weight is that of a draw' : '';
  return scoreFor(objective, obstacle ?? `a draw of ${site.family} carries no gradient${weighed}`);
};

/** A choice as it comes out at a site. */
const settledAt = (choice: Chosen, site: EstimatedSite): Chosen => {
  const estimator = choice.estimator.settled?.(site) ?? choice.estimator;
  const { bias, note } = estimator;
  const notes = [...(bias ? [`biased: ${bias.why}`] : []), ...(note ? [note(site)] : [])];
  return { ...choice, estimator, notes };
};

/** How each latent site's draw is differentiated. */
export const chooseEstimators = (
  structure: Structure,
  terms: readonly TermDerivation[],
  objective: Objective,
): ReadonlyMap<string, Chosen> => {
  const order = latentSites(structure.guide);
  const { everySite, estimators: asked = {} } = objective.preferences;
  checkNames(Object.keys(asked), order, objective);
  const chosen = new Map<string, Chosen>();
  let joint = 1;
  const siteOf = (q: SampleStructure): EstimatedSite => {
    const stays = staysInPlates(q, terms);
    const cannotSum = obstacleToSum(q, stays, joint);
    return {
      ...q,
      objective: objective.name,
      particles: objective.particles,
      overWeights: isOverWeights(objective.meaning),
      derived: structure.derived,
      staysInPlates: stays,
      ...(cannotSum !== undefined && { cannotSum }),
    };
  };
  const choiceFor = (q: SampleStructure): Chosen => {
    if (everySite !== undefined) return everySite;
    const site = siteOf(q);
    const estimator = entryOf(asked, q.name);
    if (estimator === undefined) return usualFor(site, objective);
    checkValid(estimator, site);
    return { estimator, why: 'asked for', asked: true };
  };
  for (const q of order) {
    const choice = choiceFor(q);
    chosen.set(q.name, choice);
    if (choice.estimator.sums) joint *= q.values ?? 1;
  }
  for (const q of order.toReversed()) {
    const below = chosen.get(q.name)?.estimator;
    if (below?.surrogate === undefined) continue;
    for (const ancestor of q.ancestors) {
      const above = chosen.get(ancestor);
      if (!above?.estimator.sums) continue;
      if (above.asked) {
        throw new SiteError({
          site: siteLabel(ancestor),
          expected: 'a site whose values can be summed, as was asked for',
          received: `one that '${q.name}' depends on, which needs one draw of it`,
          cure: `Ask for enumeration() at '${q.name}' as well, or for another estimator here.`,
        });
      }
      chosen.set(
        ancestor,
        scoreFor(objective, `'${q.name}' depends on it and has only a ${below.label} gradient`),
      );
    }
  }
  return new Map(
    order.flatMap((q) => {
      const choice = chosen.get(q.name);
      return choice === undefined ? [] : [[q.name, settledAt(choice, siteOf(q))] as const];
    }),
  );
};

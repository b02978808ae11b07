/** Which estimator each latent site gets, and why. */
import { type Gradient, SiteError } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/dictionary.js';
import { siteLabel } from '../../../dsl/error.js';
import { askedFor, checkNames } from './asked-estimators.js';
import type { TermDerivation } from '../derivation.js';
import { obstacleOf } from './host-code.js';
import { isOverWeights } from '../meaning.js';
import type { Objective } from '../objective.js';
import type { SoleEstimator } from './sole-estimator.js';
import type { SiteEstimator } from './site-estimator.js';
import {
  type SampleStructure,
  type Structure,
  latentSites,
  sampleAt,
} from '../dependence/structure.js';
import type { EstimatorChoice } from './estimator-choice.js';

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

/** The score that an objective takes where nothing else is asked for. */
const plainScore = ({ particles, preferences }: Objective): SiteEstimator => ({
  tag: 'score',
  baseline: particles > 1 ? preferences.baseline : 'none',
});

const byGradient = (gradient: Gradient, family: string, objective: Objective): EstimatorChoice => {
  switch (gradient) {
    case 'pathwise':
      return {
        estimator: { tag: 'pathwise' },
        why: `${family} is reparameterised: the draw carries the gradient`,
      };
    case 'implicit':
      return {
        estimator: { tag: 'implicit' },
        why: `${family} is implicitly reparameterised`,
      };
    case 'enumerable':
      return {
        estimator: { tag: 'enumerate' },
        why: 'its support is finite: the expectation is summed exactly',
      };
    case 'score':
      return { estimator: plainScore(objective), why: `a draw of ${family} carries no gradient` };
  }
};

const soleReason = (sole: SoleEstimator): string => {
  switch (sole) {
    case 'stickingTheLanding':
      return 'the gradient goes through the draw alone: that of the parameters inside log q has mean 0';
    case 'doublyReparameterised':
      return 'the gradient goes through the draw alone, by weights that the score inside log q gives';
    case 'tailAdaptive':
      return 'the gradient goes through the draw alone, times the rank of its weight: an f-divergence is descended, and the bound only reported';
    case 'score':
      return 'the objective takes the score of every site';
    case 'weighted':
      return 'log q is raised at the draws by their normalised weights, and no draw carries a gradient';
    case 'dreamt':
      return 'log q is raised at draws of the model, and its own draws are not used';
    case 'none':
      return 'the objective trains nothing of the guide';
  }
};

/** Whether each plate element's values can be taken on their own. */
export const staysInPlates = (q: SampleStructure, terms: readonly TermDerivation[]): boolean =>
  terms.every(
    (t) =>
      !t.dependsOn.includes(q.name) ||
      q.plates.every((plate) => t.plates.some((p) => p.name === plate.name)),
  );

/** Needs one draw a particle, so that nothing that the site depends on can be summed. */
const needsOneDraw = ({ estimator: { tag } }: EstimatorChoice): boolean =>
  tag === 'score' || tag === 'measureValued';

/** How each latent site's draw is differentiated. */
export const chooseEstimators = (
  structure: Structure,
  terms: readonly TermDerivation[],
  objective: Objective,
): ReadonlyMap<string, EstimatorChoice> => {
  const order = latentSites(structure.guide);
  const { everySite, estimators = {} } = objective.preferences;
  checkNames(Object.keys(estimators), order, objective);
  if (everySite !== undefined) {
    const estimator = everySite === 'score' ? plainScore(objective) : { tag: everySite };
    const choice = { estimator, why: soleReason(everySite) };
    return new Map(order.map((q) => [q.name, choice]));
  }
  const chosen = new Map<string, EstimatorChoice>();
  let joint = 1;
  /** Why a site cannot be summed, where it cannot. */
  const obstacle = (q: SampleStructure): string | undefined => {
    if (q.values === undefined) return 'its support has too many values to sum';
    if (!staysInPlates(q, terms))
      return 'a term outside its plate depends on all its elements at once';
    if (q.mixed) return 'a term depends on several of its elements at once';
    return joint * q.values > MOST_VALUES
      ? 'together with other sites there are too many values to sum'
      : undefined;
  };
  const sum = (q: SampleStructure, choice: EstimatorChoice): void => {
    chosen.set(q.name, choice);
    joint *= q.values ?? 1;
  };
  for (const q of order) {
    const asked = entryOf(estimators, q.name);
    if (asked !== undefined) {
      const choice = askedFor(asked, q, {
        structure,
        objective,
        staysInPlates: staysInPlates(q, terms),
        cannotSum: obstacle(q),
      });
      if (asked.tag === 'enumerate') sum(q, choice);
      else chosen.set(q.name, choice);
      continue;
    }
    const first = byGradient(q.gradient, q.family, objective);
    const cut = obstacleOf(q);
    if (cut !== undefined && first.estimator.tag !== 'enumerate') {
      chosen.set(q.name, { estimator: plainScore(objective), why: cut });
      continue;
    }
    if (first.estimator.tag !== 'enumerate') {
      chosen.set(q.name, first);
      continue;
    }
    const why =
      objective.preferences.discrete === 'score'
        ? !isOverWeights(objective.meaning)
          ? 'the objective asks for score functions'
          : `a draw of ${q.family} carries no gradient, and a weight is that of a draw`
        : obstacle(q);
    if (why === undefined) sum(q, first);
    else chosen.set(q.name, { estimator: plainScore(objective), why });
  }
  for (const q of order.toReversed()) {
    const choice = chosen.get(q.name);
    if (choice === undefined || !needsOneDraw(choice)) continue;
    for (const ancestor of q.ancestors) {
      const above = chosen.get(ancestor);
      if (above?.estimator.tag !== 'enumerate') continue;
      const why = `'${q.name}' depends on it and has only ${choice.estimator.tag === 'score' ? 'a score' : 'draws'}`;
      if (above.asked) {
        throw new SiteError({
          site: siteLabel(ancestor),
          expected: 'a site whose values can be summed, as was asked for',
          received: `one that '${q.name}' depends on, which needs one draw of it`,
          cure: `Ask for enumeration() at '${q.name}' as well, or for another estimator here.`,
        });
      }
      chosen.set(ancestor, { estimator: plainScore(objective), why });
    }
  }
  return chosen;
};

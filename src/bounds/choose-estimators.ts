/** Which estimator each latent site gets, and why. */
import type { Gradient } from '../../dsl/index.js';
import type { Estimator, TermDerivation } from './derivation.js';
import type { Objective, SoleEstimator } from './objective.js';
import { type SampleStructure, type Structure, latentSites, sampleAt } from './structure.js';

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
      why:
        objective.statement?.body.tag !== 'weights'
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

export interface EstimatorChoice {
  readonly tag: Estimator['tag'];
  readonly why: string;
}

/** TensorFlow.js broadcasts up to six axes; particles, plates and events need some of them. */
const MOST_AXES = 6;
/** Beyond this many joint values summing costs more than sampling. */
const MOST_VALUES = 4096;

const byGradient = (gradient: Gradient, family: string): EstimatorChoice => {
  switch (gradient) {
    case 'pathwise':
      return {
        tag: 'pathwise',
        why: `${family} is reparameterised: the draw carries the gradient`,
      };
    case 'implicit':
      return { tag: 'implicit', why: `${family} is implicitly reparameterised` };
    case 'enumerable':
      return { tag: 'enumerate', why: 'its support is finite: the expectation is summed exactly' };
    case 'score':
      return { tag: 'score', why: `a draw of ${family} carries no gradient` };
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

/** Whether each plate element's values can be summed on their own. */
const staysInPlates = (q: SampleStructure, terms: readonly TermDerivation[]): boolean =>
  terms.every(
    (t) =>
      !t.dependsOn.includes(q.name) ||
      q.plates.every((plate) => t.plates.some((p) => p.name === plate.name)),
  );

/** How each latent site's draw is differentiated. */
export const chooseEstimators = (
  structure: Structure,
  terms: readonly TermDerivation[],
  objective: Objective,
): ReadonlyMap<string, EstimatorChoice> => {
  const order = latentSites(structure.guide);
  const { everySite } = objective.preferences;
  if (everySite !== undefined) {
    const choice = { tag: everySite, why: soleReason(everySite) };
    return new Map(order.map((q) => [q.name, choice]));
  }
  const chosen = new Map<string, EstimatorChoice>();
  const eventAxes = Math.max(
    0,
    ...[...structure.model, ...structure.guide].map((s) =>
      s.kind === 'factor' ? 0 : s.eventShape.length,
    ),
  );
  const freeAxes = MOST_AXES - structure.depth - (objective.particles > 1 ? 1 : 0) - eventAxes - 1;
  let slots = 0;
  let joint = 1;
  for (const q of order) {
    const first = byGradient(q.gradient, q.family);
    if (first.tag !== 'enumerate') {
      chosen.set(q.name, first);
      continue;
    }
    const refuse = (why: string): void => void chosen.set(q.name, { tag: 'score', why });
    if (objective.preferences.discrete === 'score')
      refuse(
        objective.statement?.body.tag !== 'weights'
          ? 'the objective asks for score functions'
          : `a draw of ${q.family} carries no gradient, and a weight is that of a draw`,
      );
    else if (q.values === undefined) refuse('its support has too many values to sum');
    else if (!staysInPlates(q, terms))
      refuse('a term outside its plate depends on all its elements at once');
    else if (slots >= freeAxes) refuse('more axes than the backend broadcasts would be needed');
    else if (joint * q.values > MOST_VALUES)
      refuse('together with other sites there are too many values to sum');
    else {
      chosen.set(q.name, first);
      slots += 1;
      joint *= q.values;
    }
  }
  // A score needs one draw a particle, so nothing that such a site depends on can be summed.
  for (const q of order.toReversed()) {
    if (chosen.get(q.name)?.tag !== 'score') continue;
    for (const ancestor of q.ancestors) {
      if (chosen.get(ancestor)?.tag === 'enumerate') {
        chosen.set(ancestor, {
          tag: 'score',
          why: `'${q.name}' depends on it and has only a score`,
        });
      }
    }
  }
  return chosen;
};

/** Whether an estimator that the user asked for is valid at its site, and what to say of it. */
import { SiteError } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/error.js';
import { meantBy } from '../../../dsl/checks/nearest.js';
import type { EstimatorChoice } from './estimator-choice.js';
import { goesThroughDraw, obstacleOf } from './host-code.js';
import { isOverWeights } from '../meaning.js';
import type { Objective } from '../objective.js';
import { type SiteEstimator, showSiteEstimator, showTemperature } from './site-estimator.js';
import { type SampleStructure, type Structure } from '../dependence/structure.js';

/** What decides whether an estimator is valid. */
export interface Circumstances {
  readonly structure: Structure;
  readonly objective: Objective;
  /** Whether each plate element's values can be taken on their own. */
  readonly staysInPlates: boolean;
  /** Why the site cannot be summed, where it cannot. */
  readonly cannotSum: string | undefined;
}

/** Throws where estimators are named for sites that are not there, or where the objective has its own. */
export const checkNames = (
  names: readonly string[],
  latents: readonly SampleStructure[],
  { name: objective, preferences: { everySite } }: Objective,
): void => {
  const known = latents.map((q) => q.name);
  for (const name of names) {
    if (everySite !== undefined) {
      throw new SiteError({
        site: siteLabel(name),
        expected: `no estimator of its own, for ${objective} has one for every site`,
        received: 'one',
        cure: 'Leave it out, or use an objective that chooses for each site, as elbo and iwae do.',
      });
    }
    checkKnown([name], known, 'where an estimator is asked for');
  }
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

const refuse = (q: SampleStructure, e: SiteEstimator, received: string, cure: string): never => {
  throw new SiteError({
    site: `${siteLabel(q.name)} of the guide`,
    expected: `a site that ${showSiteEstimator(e)} is valid for`,
    received,
    cure,
  });
};

const overWeights = ({ meaning }: Objective): boolean => isOverWeights(meaning);

const discrete = (q: SampleStructure): boolean => q.gradient === 'enumerable';

const others = (q: SampleStructure): string =>
  discrete(q)
    ? 'Ask for enumeration(), scoreFunction() or straightThrough().'
    : 'Ask for scoreFunction().';

/** A relaxed draw needs a family between whose values there is something, and a program that uses it. */
const checkRelaxes = (e: SiteEstimator, q: SampleStructure): void => {
  if (!q.relaxes) {
    const cure =
      q.family.includes('Categorical') && discrete(q)
        ? 'A draw is an index, and between two there is nothing: use oneHotCategorical in model and guide, or ask for enumeration().'
        : q.gradient === 'pathwise'
          ? 'Its draws carry a gradient already: ask for pathwise().'
          : 'Ask for scoreFunction().';
    refuse(q, e, `${q.family}, whose draws have no relaxation`, cure);
  }
  if (q.indexes) {
    refuse(
      q,
      e,
      'a value that is turned into integers, as an index is, where its gradient would be wrong',
      'Use the number itself, as in (1 − z) a + z b, or ask for enumeration().',
    );
  }
};

const checkMeasure = (e: SiteEstimator, q: SampleStructure, c: Circumstances): void => {
  if (overWeights(c.objective)) {
    refuse(
      q,
      e,
      `${c.objective.name}, a function of the weights of all particles at once`,
      'Ask for it in elbo or betaElbo, or for scoreFunction() here.',
    );
  }
  if (!q.weaklyDifferentiable) {
    refuse(
      q,
      e,
      `${q.family}, whose weak derivative is not known`,
      'It is for Bernoulli, Categorical, Normal and independent arrays of them; ask for scoreFunction().',
    );
  }
  if (!c.staysInPlates) {
    refuse(
      q,
      e,
      'a term outside its plate, which depends on all its elements at once',
      'Ask for scoreFunction(): each element would need a run of its own.',
    );
  }
  if (q.mixed) {
    refuse(
      q,
      e,
      'a term that depends on several of its elements at once',
      'Ask for scoreFunction(): each element would need a run of its own.',
    );
  }
};

/** What a score's baseline must not depend on: the site, or it would no longer have mean 0. */
const checkBaseline = (
  e: Extract<SiteEstimator, { readonly tag: 'score' }>,
  q: SampleStructure,
  { structure, objective }: Circumstances,
): void => {
  switch (e.baseline) {
    case 'none':
    case 'leaveOneOut':
      return;
    case 'runningAverage':
    case 'network':
      if (overWeights(objective)) {
        refuse(
          q,
          e,
          `${objective.name}, whose signal is not a cost of one particle`,
          "Its own baseline is 'leaveOneOut'; ask for that, or for 'none'.",
        );
      }
  }
  if (e.baseline !== 'network') return;
  const found = structure.derived.find((d) => d.name === e.site);
  if (found === undefined) {
    return refuse(
      q,
      e,
      `no deterministic site '${e.site}' in the guide`,
      `Add yield* deterministic('${e.site}', …) to the guide, one number for each element of the site's plates.`,
    );
  }
  if (found.ancestors.includes(q.name)) {
    refuse(
      q,
      e,
      `a baseline that depends on '${q.name}' itself, so that the gradient would be biased`,
      `Compute '${e.site}' from what the guide knows before '${q.name}'.`,
    );
  }
};

/** What biases the gradient, or what is not estimated any more. */
const biasNote = (e: SiteEstimator): string => {
  switch (e.tag) {
    case 'gumbelSoftmax':
      return `; biased: draws are relaxed at temperature ${showTemperature(e.temperature)}, and their bound is none on log p(data)`;
    case 'straightThrough':
      return e.temperature === undefined
        ? '; biased: the gradient is that of the probabilities, the value is that of the bound'
        : `; biased: the gradient is that of draws relaxed at temperature ${showTemperature(e.temperature)}, the value is that of the bound`;
    case 'pathwise':
    case 'implicit':
    case 'enumerate':
    case 'score':
    case 'measureValued':
      return '';
  }
};

/** The estimator that was asked for at a site. Throws a `SiteError` where it is not valid there. */
export const askedFor = (
  e: SiteEstimator,
  q: SampleStructure,
  c: Circumstances,
): EstimatorChoice => {
  const cut = obstacleOf(q);
  if (cut !== undefined && goesThroughDraw(e)) {
    refuse(
      q,
      e,
      `a site that ${cut.slice('it '.length)}`,
      `Ask for ${discrete(q) ? 'enumeration() or scoreFunction()' : 'scoreFunction()'}.`,
    );
  }
  switch (e.tag) {
    case 'pathwise':
    case 'implicit':
      if (q.gradient !== e.tag) {
        const cure =
          q.gradient === 'pathwise' || q.gradient === 'implicit'
            ? `Ask for ${q.gradient}().`
            : others(q);
        refuse(
          q,
          e,
          `${q.family}, whose draws are not ${e.tag === 'pathwise' ? 'reparameterised' : 'implicitly reparameterised'}`,
          cure,
        );
      }
      break;
    case 'enumerate':
      if (overWeights(c.objective)) {
        refuse(
          q,
          e,
          `${c.objective.name}, whose weights are those of draws`,
          'Ask for scoreFunction(), or use elbo.',
        );
      }
      if (!discrete(q))
        refuse(
          q,
          e,
          `${q.family}, whose support is not finite`,
          q.gradient === 'score' ? 'Ask for scoreFunction().' : `Ask for ${q.gradient}().`,
        );
      if (c.cannotSum !== undefined)
        refuse(q, e, `a site that cannot be summed: ${c.cannotSum}`, 'Ask for scoreFunction().');
      break;
    case 'score':
      checkBaseline(e, q, c);
      break;
    case 'measureValued':
      checkMeasure(e, q, c);
      break;
    case 'gumbelSoftmax':
    case 'straightThrough':
      checkRelaxes(e, q);
      break;
  }
  return { estimator: e, why: `asked for${biasNote(e)}`, asked: true };
};

/**
 * The derivation of a bound, as data: its terms, and for each latent site how the expectation is
 * taken and why.
 */
import { SiteError } from '../../dsl/index.js';
import { isReparameterised } from '../../dsl/distribution.js';
import { plateScale } from '../../dsl/program/layout.js';
import {
  type DivergenceChoice,
  type EstimatorChoice,
  chooseDivergence,
  chooseEstimators,
} from './choose-estimators.js';
import type { Objective } from './objective.js';
import { type PlateStructure, type Structure, latentSites, sampleAt } from './structure.js';

/** How the expectation over a latent site is taken and differentiated. */
export type Estimator =
  | { readonly tag: 'pathwise' }
  | { readonly tag: 'implicit' }
  /** Summed over all values, along the enumeration axis number `slot`. */
  | { readonly tag: 'enumerate'; readonly slot: number; readonly values: number }
  | { readonly tag: 'score'; readonly baseline: 'leaveOneOut' | 'none' };

/** A latent site of the bound. */
export interface LatentDerivation {
  readonly name: string;
  readonly guideFamily: string;
  readonly modelFamily: string;
  readonly estimator: Estimator;
  readonly why: string;
  readonly divergence: 'closedForm' | 'sampled';
  readonly whyDivergence: string;
}

/**
 * A term of the bound:
 * `logLikelihood` E[log p(x | …)], `kl` −KL(q ‖ p), `logPrior` E[log p(z | …)], `entropy`
 * −E[log q(z | …)], `factor` E[f].
 */
export interface TermDerivation {
  readonly kind: 'logLikelihood' | 'kl' | 'logPrior' | 'entropy' | 'factor';
  readonly site: string;
  readonly plates: readonly PlateStructure[];
  /** size / count over the plates. */
  readonly scale: number;
  /** The latent sites whose values the term depends on. */
  readonly dependsOn: readonly string[];
  /** The same without the sites that the guide drew it from: what stands behind the bar. */
  readonly given: readonly string[];
}

export interface Derivation {
  readonly objective: string;
  readonly symbol: string;
  readonly particles: number;
  readonly depth: number;
  readonly latents: readonly LatentDerivation[];
  readonly terms: readonly TermDerivation[];
}

const union = (...lists: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(lists.flat()),
];

const termsOf = (
  structure: Structure,
  divergences: ReadonlyMap<string, DivergenceChoice>,
): readonly TermDerivation[] =>
  structure.model.flatMap((site): readonly TermDerivation[] => {
    const shared = { site: site.name, plates: site.plates, scale: plateScale(site.plates) };
    if (site.kind === 'factor') {
      return [{ ...shared, kind: 'factor', dependsOn: site.ancestors, given: site.ancestors }];
    }
    if (site.kind === 'observed') {
      return [
        { ...shared, kind: 'logLikelihood', dependsOn: site.ancestors, given: site.ancestors },
      ];
    }
    const q = sampleAt(structure.guide, site.name);
    const given = site.ancestors.filter((a) => a !== site.name);
    if (divergences.get(site.name)?.how === 'closedForm') {
      return [{ ...shared, kind: 'kl', dependsOn: union(site.ancestors, q.ancestors), given }];
    }
    return [
      {
        ...shared,
        kind: 'logPrior',
        dependsOn: union([site.name], site.ancestors, q.ancestors),
        given,
      },
      {
        ...shared,
        kind: 'entropy',
        dependsOn: union([site.name], q.ancestors),
        given: q.ancestors,
      },
    ];
  });

const scoreBaseline = (objective: Objective): 'leaveOneOut' | 'none' =>
  objective.particles > 1 ? objective.preferences.baseline : 'none';

const baselineNote = (objective: Objective): string =>
  scoreBaseline(objective) === 'leaveOneOut'
    ? '; baseline: the mean of the other particles, for each plate element'
    : '; no baseline (use two or more particles for leave-one-out)';

/** Derives an objective from the structure of a model and guide that fit. */
export const deriveFrom = (structure: Structure, objective: Objective): Derivation => {
  const latents = latentSites(structure.model);
  const divergences = new Map(
    latents.map((p) => [p.name, chooseDivergence(p, structure, objective)]),
  );
  const terms = termsOf(structure, divergences);
  const choices = chooseEstimators(structure, terms, objective);
  const summed = [...choices].filter(([, c]) => c.tag === 'enumerate').map(([name]) => name);
  const estimatorOf = (name: string, choice: EstimatorChoice): Estimator => {
    switch (choice.tag) {
      case 'pathwise':
      case 'implicit':
        return { tag: choice.tag };
      case 'score':
        return { tag: 'score', baseline: scoreBaseline(objective) };
      case 'enumerate':
        return {
          tag: 'enumerate',
          slot: summed.indexOf(name),
          values: sampleAt(structure.guide, name).values ?? 0,
        };
    }
  };
  return {
    objective: objective.name,
    symbol: objective.symbol,
    particles: objective.particles,
    depth: structure.depth,
    terms,
    latents: latents.map((p): LatentDerivation => {
      const choice = choices.get(p.name);
      const divergence = divergences.get(p.name);
      if (choice === undefined || divergence === undefined) {
        throw new SiteError({
          site: `site '${p.name}'`,
          expected: 'a guide that fits the model',
          received: 'a guide without this site',
          cure: 'Check the fit first.',
        });
      }
      return {
        name: p.name,
        guideFamily: sampleAt(structure.guide, p.name).family,
        modelFamily: p.family,
        estimator: estimatorOf(p.name, choice),
        why: choice.why + (choice.tag === 'score' ? baselineNote(objective) : ''),
        divergence: divergence.how,
        whyDivergence: divergence.why,
      };
    }),
  };
};

/** Whether a draw carries the gradient under this estimator. */
export const carriesGradient = (estimator: Estimator): boolean =>
  estimator.tag !== 'enumerate' && estimator.tag !== 'score' && isReparameterised(estimator.tag);

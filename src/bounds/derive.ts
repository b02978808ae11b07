/** Deriving a bound: its terms, and for each latent site how its expectation is taken. */
import { type Program, SiteError, type Sites } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/error.js';
import { plateScale } from '../../dsl/program/layout.js';
import type { Environment } from '../interpreters/environment.js';
import { parameterOf } from '../interpreters/environment.js';
import { keyedNoise } from '../noise-source.js';
import { key as keyOf } from '../random/index.js';
import { scoped } from '../scoped.js';
import {
  type DivergenceChoice,
  type EstimatorChoice,
  chooseDivergence,
  chooseEstimators,
} from './choose-estimators.js';
import type { Derivation, Estimator, LatentDerivation, TermDerivation } from './derivation.js';
import type { Fit } from './fit.js';
import { assertFits } from './misfit.js';
import type { Objective } from './objective.js';
import {
  type SampleStructure,
  type Structure,
  inspect,
  latentSites,
  sampleAt,
} from './structure.js';

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

const baselineNote = (objective: Objective): string => {
  if (scoreBaseline(objective) === 'none') {
    return '; no baseline (use two or more particles for leave-one-out)';
  }
  return objective.statement?.body.tag !== 'weights'
    ? '; baseline: the mean of the other particles, for each plate element'
    : '; baseline: the bound with the mean of the other particles in its place, for each datum';
};

/**
 * E ∂ log q = 0, on which these estimators rest, needs a support that does not move with the
 * parameters: otherwise what crosses its edge counts as well.
 */
const checkSupportStays = (q: SampleStructure, choice: EstimatorChoice): void => {
  if (!q.moves || ['pathwise', 'implicit', 'enumerate', 'none'].includes(choice.tag)) return;
  throw new SiteError({
    site: `${siteLabel(q.name)} of the guide`,
    expected: `a support that stays where it is, for the gradient of log q (${choice.why})`,
    received: `${q.family}, whose support moves with its parameters`,
    cure: 'Give its bounds as numbers, use another family, or an objective with plain pathwise gradients.',
  });
};

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
      case 'stickingTheLanding':
      case 'doublyReparameterised':
      case 'tailAdaptive':
      case 'weighted':
      case 'dreamt':
      case 'none':
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
    ...(objective.statement && { statement: objective.statement }),
    particles: objective.particles,
    depth: structure.depth,
    terms,
    latents: latents.map((p): LatentDerivation => {
      const choice = choices.get(p.name);
      if (choice !== undefined) checkSupportStays(sampleAt(structure.guide, p.name), choice);
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

/**
 * Derives an objective: which terms it has, how each latent site's expectation is taken, and why.
 *
 * Runs model and guide once to see their structure; a guide that does not fit throws a
 * `GuideMisfitError`. The result is plain data: print it with `showDerivation` or `latex`.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * derive(model, sample('z', normal(2, 1)), elbo()).terms.map((t) => t.kind); // ['kl', 'logLikelihood']
 * ```
 */
export const derive = <
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
>(
  model: M,
  guide: G & Fit<Sites<M>, Sites<G>, O>,
  objective: O,
  { key = keyOf(0), params = {} }: Pick<Environment, 'key' | 'params'> = {},
): Derivation =>
  scoped(
    () => {
      const noise = keyedNoise(key);
      const structure = inspect(model, guide, { noise, parameter: parameterOf(params, noise) });
      assertFits(structure, objective);
      return deriveFrom(structure, objective);
    },
    () => [],
  );

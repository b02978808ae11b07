/** Deriving a bound: its terms, and for each latent site how its expectation is taken. */
import { type Program, SiteError, type SitesOf } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { plateScale } from '../../dsl/program/layout.js';
import { type Environment, parameterOf } from '../interpreters/environment.js';
import { keyedNoise } from '../random/noise-source.js';
import { key as keyOf } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import { checkKnown } from './choice/asked-estimators.js';
import {
  type DivergenceChoice,
  chooseDivergence,
  chooseEstimators,
} from './choice/choose-estimators.js';
import type { EstimatorChoice } from './estimators/estimator.js';
import type { Derivation, LatentDerivation, TermDerivation } from './derivation.js';
import type { GuideFit, Naming } from './fit/fit.js';
import { checkHosts, obstacleOf } from './choice/host-code.js';
import { assertFits } from './misfit.js';
import type { Objective } from './objective.js';
import { unclaimed } from './meaning.js';
import {
  type SampleStructure,
  type Structure,
  inspect,
  latentSites,
  sampleAt,
} from './dependence/structure.js';

const union = (...lists: readonly (readonly string[])[]): readonly string[] => [
  ...new Set(lists.flat()),
];

const termsOf = (
  structure: Structure,
  divergences: ReadonlyMap<string, DivergenceChoice>,
): readonly TermDerivation[] =>
  structure.model.flatMap((site): readonly TermDerivation[] => {
    const { name, plates, noises } = site;
    const noisy = noises.length > 0 && { noises };
    const shared = { site: name, plates, scale: plateScale(plates), ...noisy };
    if (site.kind === 'factor') {
      const { ancestors, loss } = site;
      return [
        {
          ...shared,
          kind: 'factor',
          dependsOn: ancestors,
          given: ancestors,
          ...(loss && { loss }),
        },
      ];
    }
    if (site.kind === 'observed') {
      return [
        { ...shared, kind: 'logLikelihood', dependsOn: site.ancestors, given: site.ancestors },
      ];
    }
    const q = sampleAt(structure.guide, site.name);
    const given = site.ancestors.filter((a) => a !== site.name);
    const unknown = site.partly && ({ where: 'unknown' } as const);
    const known: readonly TermDerivation[] = site.partly
      ? [{ ...shared, kind: 'logLikelihood', where: 'known', dependsOn: site.ancestors, given }]
      : [];
    if (divergences.get(site.name)?.how === 'closedForm') {
      return [
        ...known,
        { ...shared, ...unknown, kind: 'kl', dependsOn: union(site.ancestors, q.ancestors), given },
      ];
    }
    return [
      ...known,
      {
        ...shared,
        ...unknown,
        kind: 'logPrior',
        dependsOn: union([site.name], site.ancestors, q.ancestors),
        given,
      },
      {
        ...shared,
        ...unknown,
        kind: 'entropy',
        dependsOn: union([site.name], q.ancestors),
        given: q.ancestors,
      },
    ];
  });

/**
 * E ∂ log q = 0, on which these estimators rest, needs a support that does not move with the
 * parameters: otherwise what crosses its edge counts as well.
 */
const checkSupportStays = (q: SampleStructure, choice: EstimatorChoice): void => {
  if (!q.moves || choice.estimator.supportMayMove) return;
  throw new SiteError({
    site: `${siteLabel(q.name)} of the guide`,
    expected: `a support that stays where it is, for the gradient of log q (${choice.why})`,
    received: `${q.family}, whose support moves with its parameters`,
    cure: 'Give its bounds as numbers, use another family, or an objective with plain pathwise gradients.',
  });
};

/**
 * Where draws reach beyond the model's support and its edge moves with its parameters, what crosses
 * the edge counts as well, and the gradient of log p at fixed draws leaves that out. A latent site's
 * edge, or that of data whose law depends on one, lies among the draws.
 */
const checkModelSupportsStay = (structure: Structure, objective: Objective): void => {
  const { requires, trains } = objective.meaning;
  if (requires.support !== 'covers' || trains === 'guide') return;
  const site = structure.model
    .filter((s) => s.kind !== 'factor')
    .find((s) => s.moves && s.params.length > 0 && (s.kind === 'latent' || s.ancestors.length > 0));
  if (site === undefined) return;
  throw new SiteError({
    site: `${siteLabel(site.name)} of the model`,
    expected: `a support that stays where it is, for ${objective.name} differentiates log p at draws of a guide that covers it`,
    received: `${site.family}, whose support moves with its parameters ${site.params.map((p) => `'${p}'`).join(', ')}`,
    cure: 'Give its bounds as numbers, or sample on a fixed support and scale the value; data need a family without such bounds.',
  });
};

/**
 * Derives an objective from the structure of a model and guide that fit; `trains` names the parameters
 * that are trained, where that is not all.
 */
export const deriveFrom = (
  structure: Structure,
  objective: Objective,
  trains?: readonly string[],
): Derivation => {
  const latents = latentSites(structure.model);
  checkKnown(
    objective.sites ?? [],
    latents.map((p) => p.name),
    `where ${objective.name} names it`,
  );
  checkModelSupportsStay(structure, objective);
  checkHosts(structure, objective, trains);
  const divergences = new Map(
    latents.map((p) => [p.name, chooseDivergence(p, structure, objective)]),
  );
  const terms = termsOf(structure, divergences);
  const choices = chooseEstimators(structure, terms, objective);
  // Draws of another law make another bound, of which it is not known on which side of the evidence it lies.
  const isOther = [...choices.values()].some((c) => c.estimator.bias?.of === 'bound');
  const { meaning } = objective;
  const summed = [...choices].filter(([, c]) => c.estimator.sums).map(([name]) => name);
  return {
    objective: objective.name,
    meaning: isOther ? unclaimed(meaning) : meaning,
    notation: objective.notation,
    particles: objective.particles,
    ...(objective.preferences.antithetic && { antithetic: true }),
    depth: structure.depth,
    terms,
    latents: latents.flatMap((p): readonly LatentDerivation[] => {
      const q = sampleAt(structure.guide, p.name);
      const [choice, divergence] = [choices.get(p.name), divergences.get(p.name)];
      if (choice === undefined || divergence === undefined) return [];
      checkSupportStays(q, choice);
      const { notes = [], ...chosen } = choice;
      const slot = summed.indexOf(p.name);
      return [
        {
          ...chosen,
          why: [choice.why, ...notes].join('; '),
          name: p.name,
          guideFamily: q.family,
          modelFamily: p.family,
          ...(slot >= 0 && { summed: { slot, values: q.values ?? 0 } }),
          ...(obstacleOf(q) !== undefined && { cut: true }),
          divergence: divergence.how,
          whyDivergence: divergence.why,
          ...(p.partly && { partly: true }),
        },
      ];
    }),
  };
};

/**
 * Derives an objective: which terms it has, how each latent site's expectation is taken, and why.
 *
 * Runs model and guide once to see their structure; a guide that does not fit throws a
 * `GuideMisfitError`. Print the result with `showDerivation` or `derivationToLatex`.
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
 * const { terms, particles } = derive(model, sample('z', normal(2, 1)), elbo({ particles: 3 }));
 * terms.map((t) => t.kind); // ['kl', 'logLikelihood']
 * particles; // 3
 * ```
 */
export function derive<
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
>(
  model: M,
  guide: GuideFit<SitesOf<M>, SitesOf<G>, O, G>,
  objective: Naming<SitesOf<M>, O>,
  environment?: Pick<Environment, 'key' | 'params'>,
): Derivation;
export function derive(
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  objective: Objective,
  { key = keyOf(0), params = {} }: Pick<Environment, 'key' | 'params'> = {},
): Derivation {
  return tidied(
    () => {
      const noise = keyedNoise(key);
      const structure = inspect(model, guide, { noise, parameter: parameterOf(params, noise) });
      assertFits(structure, objective);
      return deriveFrom(structure, objective);
    },
    () => [],
  );
}

/** What each estimator that is valid for a site would do to its gradient, measured on a model. */
import { keyRule } from '../../random/key-rule.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { refuseUnknown } from '../../../dsl/refusals/unknown-names.js';
import type { ForLatents, LatentName } from '../../../dsl/program/condition.js';
import { deriveFrom } from '../../bounds/derive.js';
import { symbolOf } from '../../bounds/notation/written-bound.js';
import {
  type Estimator,
  isSameEstimator,
  showEstimator,
} from '../../bounds/estimators/estimator.js';
import {
  type SampleStructure,
  type Structure,
  latentSites,
} from '../../bounds/dependence/structure.js';
import { trainedBy } from '../../inference/phases/phase.js';
import type { SviState } from '../../inference/svi-state.js';
import type { Svi } from '../../inference/inference.js';
import { type Stage, partOf } from '../../inference/phases/stage.js';
import {
  checkWhole,
  anything,
  checkOptions,
  recordOf,
  required,
} from '../../../dsl/refusals/options.js';
import type { Key } from '../../random/index.js';
import { candidatesAt, estimatorAt } from './candidates.js';
import { measure } from './measure.js';
import { recommend } from './recommend.js';
import { summariseGradients } from './summary.js';
import type { EstimatorReport, SiteReport } from './site-report.js';

export interface GradientReport {
  readonly objective: string;
  readonly particles: number;
  readonly draws: number;
  readonly sites: readonly SiteReport[];
}

/** Estimators by site. */
type Candidates = Readonly<Record<string, readonly Estimator[]>>;

export interface GradientReportOptions<S = string, C = Candidates> {
  readonly key: Key;
  /** How many gradients are drawn with each estimator; 100 where it is left out. */
  readonly draws?: number;
  /** The sites to report on; all latent ones where it is left out. */
  readonly sites?: readonly S[];
  /** Estimators to compare beside the usual ones, by site. */
  readonly candidates?: C;
}

const reportSite = async <B>(
  stage: Stage<B>,
  state: SviState,
  batch: B,
  structure: Structure,
  q: SampleStructure,
  options: GradientReportOptions,
): Promise<SiteReport> => {
  const { objective } = stage.phase;
  const trained = trainedBy(state.derivation, state.params);
  const parameters = q.params.filter((name) => Object.hasOwn(trained, name));
  const head = { site: q.name, family: q.family, parameters };
  if (parameters.length === 0) {
    return { ...head, estimators: [], why: 'its law has no parameters that are trained' };
  }
  const more = entryOf(options.candidates ?? {}, q.name) ?? [];
  const trains = Object.keys(trained);
  const candidates = candidatesAt(structure, objective, q.name, more, trains);
  const derivations = candidates.map(({ derivation }) => derivation);
  const measured = await measure(stage, state, batch, structure, derivations, q.params, options);
  const exact = measured[candidates.findIndex((c) => c.estimator.sums)]?.gradients;
  const now = estimatorAt(deriveFrom(structure, objective, trains), q.name);
  const estimators = candidates.flatMap(
    ({ estimator, derivation }, i): readonly EstimatorReport[] => {
      const run = measured[i];
      if (run === undefined) return [];
      return [
        {
          estimator,
          name: showEstimator(estimator),
          current: isSameEstimator(now, estimatorAt(derivation, q.name)),
          unbiased: estimator.bias === undefined,
          ...summariseGradients(run.gradients, estimator.sums ? undefined : exact),
          milliseconds: run.ms,
        },
      ];
    },
  );
  return { ...head, estimators, ...recommend(estimators) };
};

/**
 * Measures, on a model and its guide as they are, what each estimator that is valid for a latent site
 * does to the gradient of the site's parameters, and recommends one.
 *
 * - For each: bias against enumeration where the site can be summed, with its standard error;
 *   variance, Σ Var g_j; signal to noise, ‖E g‖ / √variance; and the time of a gradient. The other
 *   sites keep their estimators, and what they add to the variance is in every row.
 * - Of several phases it is that of the one that is reported.
 * - All draw with the same noise, in turns. A running average is carried from draw to draw.
 * - The recommendation has the least variance times time of those that are unbiased; what is used now
 *   stays where nothing is better by a quarter.
 * - Errors: an objective with one estimator for every site, or fewer than two draws, is a `RangeError`, a site that
 *   is not latent a `SiteError`.
 * - Source: Mohamed et al. 2020, Monte Carlo Gradient Estimation in Machine Learning, section 3,
 *   arXiv:1906.10652.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => condition(
 *     program(function* () {
 *       const z = yield* sample('z', bernoulli({ probs: 0.5 }));
 *       yield* sample('x', normal(z, 1));
 *     }),
 *     { x: 2 },
 *   ),
 *   guide: () => program(function* () {
 *     yield* sample('z', bernoulli({ logits: yield* param('l', 0) }));
 *   }),
 *   objective: elbo({ discrete: 'score' }),
 *   optimizer: adam(0.1),
 * });
 * const report = await gradientReport(inference, inference.init(key(0)), undefined, {
 *   key: key(1),
 *   draws: 20,
 * });
 * report.sites[0]?.recommended?.name; // 'enumeration'
 * // A sum over all values does not vary, nor does a difference of two.
 * report.sites[0]?.estimators.filter((e) => e.variance === 0).map((e) => e.name);
 * // ['enumeration', 'measure-valued']
 * ```
 */
export function gradientReport<B, E, const S extends string, const C extends Candidates>(
  inference: Svi<B, string, E>,
  state: SviState,
  batch: B,
  options: GradientReportOptions<LatentName<E, S>, ForLatents<E, C>>,
): Promise<GradientReport>;
export async function gradientReport<B>(
  inference: Svi<B>,
  state: SviState,
  batch: B,
  options: GradientReportOptions,
): Promise<GradientReport> {
  checkOptions('gradientReport', options, {
    key: required(keyRule),
    draws: anything,
    sites: anything,
    candidates: recordOf('lists of estimators'),
  });
  const { objective } = inference;
  const { draws = 100 } = options;
  checkWhole('gradientReport', { draws }, 2);
  if (objective.preferences.everySite !== undefined) {
    throw new RangeError(
      'gradientReport: expected an objective that chooses an estimator for each site, as elbo and ' +
        `iwae do, but got ${objective.name}, which has one for all.`,
    );
  }
  const structure = inference.structure(state.key, batch);
  const latents = latentSites(structure.guide);
  const names = latents.map((q) => q.name);
  const asked = [...(options.sites ?? []), ...Object.keys(options.candidates ?? {})];
  refuseUnknown(asked, names, 'a latent site of the guide, for the report is asked for it');
  const stage = inference.stages.find(({ name }) => name === inference.reported);
  if (stage === undefined) throw new Error(`expected a phase '${inference.reported}'.`);
  const part = partOf(stage, state);
  const sites: SiteReport[] = [];
  for (const q of latents.filter((l) => options.sites?.includes(l.name) ?? true)) {
    sites.push(await reportSite(stage, part, batch, structure, q, options));
  }
  return { objective: symbolOf(objective), particles: objective.particles, draws, sites };
}

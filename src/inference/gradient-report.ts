/** What each estimator that is valid for a site would do to its gradient, measured on a model. */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../dsl/index.js';
import type { Derivation, Estimator } from '../bounds/derivation.js';
import { deriveFrom } from '../bounds/derive.js';
import type { Memory } from '../bounds/joint.js';
import type { Objective } from '../bounds/objective.js';
import {
  type SiteEstimator,
  enumeration,
  gumbelSoftmax,
  implicit,
  isUnbiased,
  measureValued,
  pathwise,
  scoreFunction,
  showSiteEstimator,
  straightThrough,
} from '../bounds/site-estimator.js';
import { type SampleStructure, type Structure, latentSites } from '../bounds/structure.js';
import { keyedNoise } from '../noise-source.js';
import { type Key, foldIn } from '../random/index.js';
import { checkWhole } from '../options.js';
import { recommend } from './recommended-estimator.js';
import { type GradientSummary, summariseGradients } from './gradient-summary.js';
import { trainedBy } from './phase.js';
import type { Svi, SviState } from './svi.js';
import { type Turn, counted, partOf } from './turn.js';

/** What one estimator does at one site. */
export interface EstimatorReport extends GradientSummary {
  readonly estimator: SiteEstimator;
  readonly name: string;
  /** Whether it is what training uses. */
  readonly current: boolean;
  /** Whether its expectation is the gradient of the bound, by the mathematics. */
  readonly unbiased: boolean;
  /** The time of one gradient of all parameters, eagerly, the median. */
  readonly milliseconds: number;
}

/** The estimators of one site, and which of them to take. */
export interface SiteReport {
  readonly site: string;
  readonly family: string;
  /** The parameters that the site's law depends on, not through other sites, and that are trained. */
  readonly parameters: readonly string[];
  readonly estimators: readonly EstimatorReport[];
  /** Left out where the site has no parameters. */
  readonly recommended?: SiteEstimator;
  readonly why: string;
}

export interface GradientReport {
  readonly objective: string;
  readonly particles: number;
  readonly draws: number;
  readonly sites: readonly SiteReport[];
}

export interface GradientReportOptions {
  readonly key: Key;
  /** How many gradients are drawn with each estimator; 100 where it is left out. */
  readonly draws?: number;
  /** The sites to report on; all latent ones where it is left out. */
  readonly sites?: readonly string[];
  /** Estimators to compare beside the usual ones, by site. */
  readonly candidates?: Readonly<Record<string, readonly SiteEstimator[]>>;
}

const usual: readonly SiteEstimator[] = [
  enumeration(),
  pathwise(),
  implicit(),
  scoreFunction({ baseline: 'none' }),
  scoreFunction({ baseline: 'leaveOneOut' }),
  scoreFunction({ baseline: 'runningAverage' }),
  measureValued(),
  straightThrough(),
  straightThrough({ temperature: 0.5 }),
  gumbelSoftmax({ temperature: 0.5 }),
];

const asking = (objective: Objective, site: string, estimator: SiteEstimator): Objective => ({
  ...objective,
  preferences: {
    ...objective.preferences,
    estimators: { ...objective.preferences.estimators, [site]: estimator },
  },
});

/** The derivation with an estimator asked for, or nothing where it is not valid. */
const derivedWith = (structure: Structure, objective: Objective): Derivation | undefined => {
  try {
    return deriveFrom(structure, objective);
  } catch (error) {
    if (error instanceof SiteError) return undefined;
    throw error;
  }
};

interface Candidate {
  readonly estimator: SiteEstimator;
  readonly derivation: Derivation;
}

const estimatorAt = ({ latents }: Derivation, site: string): Estimator | undefined =>
  latents.find((l) => l.name === site)?.estimator;

/** Whether two derived estimators are the same, schedules by identity. */
const same = (a: Estimator | undefined, b: Estimator | undefined): boolean => {
  if (a === undefined || b === undefined || a.tag !== b.tag) return false;
  if (a.tag === 'score' && b.tag === 'score') {
    return (
      a.baseline === b.baseline &&
      ('beta' in a ? a.beta : 0) === ('beta' in b ? b.beta : 0) &&
      ('site' in a ? a.site : '') === ('site' in b ? b.site : '')
    );
  }
  const temperature = (e: Estimator): unknown => ('temperature' in e ? e.temperature : undefined);
  return temperature(a) === temperature(b);
};

/** Valid estimators of a site, each derived once. */
const candidatesAt = (
  structure: Structure,
  objective: Objective,
  site: string,
  more: readonly SiteEstimator[],
): readonly Candidate[] => {
  const asked = objective.preferences.estimators?.[site];
  return [...usual, ...(asked ? [asked] : []), ...more].reduce<readonly Candidate[]>(
    (found, estimator) => {
      const derivation = derivedWith(structure, asking(objective, site, estimator));
      if (derivation === undefined) return found;
      const own = estimatorAt(derivation, site);
      const known = found.some((c) => same(estimatorAt(c.derivation, site), own));
      // With one particle nothing is left out, which is no baseline at all.
      return known ? found : [...found, { estimator, derivation }];
    },
    [],
  );
};

/** Draws one gradient of some parameters: the numbers, what is remembered next, and the time. */
const drawGradient = async <B>(
  { phase }: Turn<B>,
  state: SviState,
  batch: B,
  derivation: Derivation,
  memory: Memory,
  names: readonly string[],
  key: Key,
): Promise<{ readonly values: Float64Array; readonly memory: Memory; readonly ms: number }> => {
  const began = performance.now();
  const made: { readonly found: readonly Tensor[]; readonly memory: Memory }[] = [];
  tf.tidy(() => {
    const { gradients, memory: next } = phase.differentiate(
      { ...counted(state), derivation, memory },
      keyedNoise(key),
      batch,
    );
    const found = names.flatMap((name) => gradients[name] ?? []);
    const kept = Object.fromEntries(Object.entries(next).map(([n, x]) => [n, x.clone()]));
    made.push({ found, memory: kept });
    return [...found, ...Object.values(kept)];
  });
  const [result = { found: [], memory: {} }] = made;
  const values = await Promise.all(result.found.map((x) => x.data()));
  const ms = performance.now() - began;
  tf.dispose([...result.found]);
  return { values: Float64Array.from(values.flatMap((v) => [...v])), memory: result.memory, ms };
};

/** The gradients of each candidate, all with the same noise, in turns so that times compare. */
const measure = async <B>(
  turn: Turn<B>,
  state: SviState,
  batch: B,
  structure: Structure,
  candidates: readonly Candidate[],
  names: readonly string[],
  { key, draws = 100 }: GradientReportOptions,
): Promise<readonly { readonly gradients: readonly Float64Array[]; readonly ms: number }[]> => {
  const runs = candidates.map(({ derivation }) => ({
    derivation,
    memory: tf.tidy(() => ({ ...turn.phase.objective.memory?.(derivation, structure) })),
    gradients: new Array<Float64Array>(),
    times: new Array<number>(),
  }));
  // The first gradient warms the machine up, and a running average.
  for (let draw = -1; draw < draws; draw += 1) {
    for (const run of runs) {
      const { values, memory, ms } = await drawGradient(
        turn,
        state,
        batch,
        run.derivation,
        run.memory,
        names,
        foldIn(key, draw + 1),
      );
      tf.dispose(run.memory);
      run.memory = memory;
      if (draw < 0) continue;
      run.gradients.push(values);
      run.times.push(ms);
    }
  }
  return runs.map(({ memory, gradients, times }) => {
    tf.dispose(memory);
    const sorted = times.toSorted((a, b) => a - b);
    return { gradients, ms: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
  });
};

const reportSite = async <B>(
  turn: Turn<B>,
  state: SviState,
  batch: B,
  structure: Structure,
  q: SampleStructure,
  options: GradientReportOptions,
): Promise<SiteReport> => {
  const { objective } = turn.phase;
  const trained = trainedBy(state.derivation, state.params);
  const parameters = q.params.filter((name) => name in trained);
  const head = { site: q.name, family: q.family, parameters };
  if (parameters.length === 0) {
    return { ...head, estimators: [], why: 'its law has no parameters that are trained' };
  }
  const more = options.candidates?.[q.name] ?? [];
  const candidates = candidatesAt(structure, objective, q.name, more);
  const measured = await measure(turn, state, batch, structure, candidates, q.params, options);
  const exact = measured[candidates.findIndex((c) => c.estimator.tag === 'enumerate')]?.gradients;
  const now = estimatorAt(deriveFrom(structure, objective), q.name);
  const estimators = candidates.flatMap(
    ({ estimator, derivation }, i): readonly EstimatorReport[] => {
      const run = measured[i];
      if (run === undefined) return [];
      return [
        {
          estimator,
          name: showSiteEstimator(estimator),
          current: same(now, estimatorAt(derivation, q.name)),
          unbiased: isUnbiased(estimator),
          ...summariseGradients(run.gradients, estimator.tag === 'enumerate' ? undefined : exact),
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
 * - Errors: an objective with one estimator for every site, a site that is not latent, or fewer than
 *   two draws is a `RangeError`.
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
 * report.sites[0]?.recommended; // { tag: 'enumerate' }
 * ```
 */
export const gradientReport = async <B>(
  inference: Svi<B>,
  state: SviState,
  batch: B,
  options: GradientReportOptions,
): Promise<GradientReport> => {
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
  const unknown = options.sites?.find((site) => !latents.some((q) => q.name === site));
  if (unknown !== undefined) {
    throw new RangeError(
      `gradientReport: expected latent sites of the guide, but got '${unknown}'; it has ` +
        `${latents.map((q) => `'${q.name}'`).join(', ')}.`,
    );
  }
  const turn = inference.turns.find(({ name }) => name === inference.reported);
  if (turn === undefined) throw new Error(`expected a phase '${inference.reported}'.`);
  const part = partOf(turn, state);
  const sites: SiteReport[] = [];
  for (const q of latents.filter((l) => options.sites?.includes(l.name) ?? true)) {
    sites.push(await reportSite(turn, part, batch, structure, q, options));
  }
  return { objective: objective.symbol, particles: objective.particles, draws, sites };
};

/** How tight bounds are over generated models. */
import * as fc from 'fast-check';
import { demand } from '../../../dsl/refusals/options.js';
import type { Objective } from '../../bounds/objective.js';
import { GuideMisfitError } from '../../bounds/misfit.js';
import { excerpt } from '../../io/files/excerpt.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import type { BoundCase } from '../cases/bound-case.js';
import type { LawOptions } from '../law/law-options.js';
import { type Coverage, coverageOf } from '../cases/coverage.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { sum } from '../statistics/numbers.js';
import { BATCHES } from '../statistics/replicated.js';
import { signOf } from '../bounds/claims.js';
import { type Gap, gapOf } from './gap.js';

/** A model with the gap of each objective. */
export interface ModelGaps {
  readonly label: string;
  readonly logEvidence: number;
  /** In the order of the objectives; nothing where one does not fit. */
  readonly gaps: readonly (Gap | undefined)[];
}

/** An objective over all models that it fits, in nats. */
export interface ObjectiveGaps {
  readonly name: string;
  readonly particles: number;
  readonly models: number;
  /** Why it was not measured, where it does not fit a model: of the first such. */
  readonly skipped?: string;
  /** The mean gap, and its standard error for these models. */
  readonly mean: number;
  readonly standardError: number;
  /** The widest gap, be it of an upper bound. */
  readonly widest: number;
  /** The least by which a bound on the wrong side of log p(data) would be found, of all models. */
  readonly smallestViolation: number;
  /**
   * The least constant that, added to the bound by mistake, would be found: on some model it must close the
   * gap, and then violate. 0 where the bound is found to violate as it is.
   */
  readonly smallestOffset: number;
}

/** Gaps by model and by objective. */
export interface Tightness {
  readonly models: readonly ModelGaps[];
  readonly objectives: readonly ObjectiveGaps[];
  readonly covered: Coverage;
}

/** A batch has two draws at least. */
const LEAST_DRAWS = 2 * BATCHES;

/** How gaps are measured; `draws` are 48 at least. */
export interface TightnessOptions extends Omit<LawOptions, 'label'> {
  /** How many models are generated, 12 where left out. */
  readonly models?: number;
}

interface Named {
  readonly name: string;
  readonly objective: Objective;
}

const isList = (
  objectives: readonly Objective[] | Readonly<Record<string, Objective>>,
): objectives is readonly Objective[] => Array.isArray(objectives);

const namedOf = (
  objectives: readonly Objective[] | Readonly<Record<string, Objective>>,
): readonly Named[] => {
  const named = isList(objectives)
    ? objectives.map((objective) => {
        const { name, particles } = objective;
        return { name: particles > 1 ? `${name} K=${particles}` : name, objective };
      })
    : Object.entries(objectives).map(([name, objective]) => ({ name, objective }));
  demand(named.length > 0, 'tightness', 'an objective', 'none', 'give [elbo()], say');
  const twice = named.find((a, i) => named.findIndex((b) => b.name === a.name) < i);
  const cure = 'give them by name, as in { mine: objective }';
  demand(twice === undefined, 'tightness', 'names', `'${twice?.name}' twice`, cure);
  return named;
};

type Measured = { readonly gap: Gap } | { readonly why: string };

const measured = (subject: BoundCase & LawOptions, { name, objective }: Named): Measured => {
  try {
    return { gap: gapOf(subject, objective) };
  } catch (error) {
    const why = reasonOf(error);
    if (error instanceof GuideMisfitError || error instanceof LawNotApplicable) return { why };
    // Anything else is no misfit: a mistake in the objective or the model must not pass for one.
    throw new Error(`tightness: '${name}' of ${excerpt(subject.label, 240)}: ${why}`, {
      cause: error,
    });
  }
};

const summary = ({ name, objective }: Named, found: readonly Measured[]): ObjectiveGaps => {
  const gaps = found.flatMap((m) => ('gap' in m ? [m.gap] : []));
  const [why] = found.flatMap((m) => ('why' in m ? [m.why] : []));
  if (gaps.length === 0) {
    throw new Error(`tightness: '${name}' fits none of ${found.length} models: ${why}`);
  }
  const sign = signOf(objective);
  return {
    name,
    particles: objective.particles,
    models: gaps.length,
    ...(why !== undefined && { skipped: why }),
    mean: sum(gaps.map((g) => g.mean)) / gaps.length,
    standardError: Math.sqrt(sum(gaps.map((g) => g.standardError ** 2))) / gaps.length,
    widest: sign * Math.max(...gaps.map((g) => sign * g.mean)),
    smallestViolation: Math.min(...gaps.map((g) => g.smallestViolation)),
    smallestOffset: Math.max(0, Math.min(...gaps.map((g) => sign * g.mean + g.smallestViolation))),
  };
};

/**
 * How far bounds are from log p(data) over generated models, in nats: by model and by objective, each
 * with its standard error; what the models are like; and the smallest mistake that
 * `checkBoundBelowEvidence`, or `checkBoundAboveEvidence`, of these models would find at these draws.
 *
 * `objectives` is a list, such as `[elbo(), iwae({ particles: 8 })]`, or a record of them by name. Each is
 * taken at the case's own guide, which is not the posterior. `showTightness` makes a table of the
 * result, `tightnessPlot` a picture.
 *
 * - Power: a violation of `smallestViolation` is found nine times in ten (`smallestShift`), of means that
 *   are normal over a batch. What exact laws compare shows from rounding on; this is of those that draw.
 * - Errors: one that fits none of the models, two of one name, too few draws; whatever an objective throws
 *   but that it does not fit, with the model.
 *
 * @example
 * ```ts
 * const bounds = [elbo(), iwae({ particles: 8 })];
 * const found = tightness(linearGaussian({ outside: 1, inside: 0 }), bounds, { models: 2, draws: 96, seed: 1 });
 * const [first, last] = found.objectives;
 * first?.name; // 'elbo'
 * (first?.mean ?? 0) > (last?.mean ?? 0); // true
 * found.covered.models; // 2
 * ```
 */
export const tightness = (
  arbitrary: fc.Arbitrary<BoundCase>,
  objectives: readonly Objective[] | Readonly<Record<string, Objective>>,
  { models = 12, seed = 20240229, ...options }: TightnessOptions = {},
): Tightness => {
  const whole = Number.isInteger(models) && models > 0;
  demand(whole, 'tightness', 'models to be a whole number above 0', models, 'pass 12, say');
  const { draws = LEAST_DRAWS } = options;
  demand(
    Number.isInteger(draws) && draws >= LEAST_DRAWS,
    'tightness',
    `draws to be a whole number of at least ${LEAST_DRAWS}, two for each of ${BATCHES} batches`,
    draws,
    'pass 2560, say',
  );
  const named = namedOf(objectives);
  const cases = fc.sample(arbitrary, { numRuns: models, seed });
  const found = cases.map((c, i) =>
    named.map((n) => measured({ ...c, ...options, seed: seed + i }, n)),
  );
  return {
    models: cases.map(({ label, logEvidence }, i) => ({
      label,
      logEvidence,
      gaps: (found[i] ?? []).map((m) => ('gap' in m ? m.gap : undefined)),
    })),
    objectives: named.map((n, j) =>
      summary(
        n,
        found.map((row) => row[j] ?? { why: 'it was not measured' }),
      ),
    ),
    covered: coverageOf(cases),
  };
};

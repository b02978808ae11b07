/** Every law that an objective claims, over generated cases, in one call. */
import {
  type Rules,
  anything,
  checkOptions,
  finiteNumber,
  whole,
} from '../../dsl/refusals/options.js';
import { sideOf } from './bounds/claims.js';
import { checkBoundScale } from './bounds/bound-scale-law.js';
import { checkShift } from './bounds/shift-law.js';
import { checkGradients } from './bounds/gradient/gradient-of-bound-law.js';
import { type MakeObjective, objectiveAt } from './bounds/objective-at.js';
import { checkOrdered } from './bounds/ordered-law.js';
import { checkMeansInParticles } from './bounds/ordering-laws.js';
import { overCases, overSmallCases } from './bounds/over-cases.js';
import { checkSide } from './bounds/side-law.js';
import { checkTight } from './bounds/tight-law.js';
import type { BoundCase } from './cases/bound-case.js';
import { objectiveCases } from './cases/objective-cases.js';
import { type LawPlan, type LawReport, type RunOptions, runLaws } from './law/run-laws.js';

/** The checks of `checkObjective`. */
export type ObjectiveCheck =
  | 'checkTight'
  | 'checkShift'
  | 'checkBoundScale'
  | 'checkOrderInParticles'
  | 'checkOrdered'
  | 'checkBoundBelowEvidence'
  | 'checkBoundAboveEvidence'
  | 'checkGradients';

/** What is checked of an objective, on what, and for how long. */
export interface ObjectiveOptions extends RunOptions<ObjectiveCheck> {
  /** How many cases are generated, 5 where left out, or the cases themselves. */
  readonly cases?: number | readonly BoundCase[];
  /** Seed of the cases and of all draws, 20240229 where left out. */
  readonly seed?: number;
  /**
   * The numbers of particles that are asked of a function, in rising order: 1, 2, 3, 4, 8 and 32 where
   * left out. Those that it refuses by a `RangeError` are left out.
   */
  readonly particles?: readonly number[];
  /** Bounds in the order that is claimed, from the lowest to the highest, this one among them. */
  readonly ordered?: readonly MakeObjective[];
  /** Draws of a statistical law, 2560 where left out. */
  readonly draws?: number;
}

/** What was checked, and on which cases. */
export interface ObjectiveReport extends LawReport<ObjectiveCheck> {
  /** The cases, each in one line. */
  readonly cases: readonly string[];
}

const isWhole = (x: unknown): boolean => typeof x === 'number' && Number.isInteger(x) && x >= 1;

const rises = (xs: readonly unknown[]): boolean =>
  xs.every((x, i) => i === 0 || Number(x) > Number(xs[i - 1]));

const rules: Rules<ObjectiveOptions> = {
  laws: anything,
  seconds: anything,
  falseAlarm: anything,
  seed: finiteNumber,
  draws: whole(),
  ordered: anything,
  cases: {
    expected: 'how many cases, 1 or more, or the cases themselves',
    holds: (cases) => isWhole(cases) || (Array.isArray(cases) && cases.length > 0),
    cure: 'pass 5, say, or objectiveCases(5, 1)',
  },
  particles: {
    expected: 'whole numbers of 1 or more, in rising order',
    holds: (ks) => Array.isArray(ks) && ks.length > 0 && ks.every(isWhole) && rises(ks),
    cure: 'pass [1, 2, 4, 32], say',
  },
};

const plansOf = (
  make: MakeObjective,
  cases: readonly BoundCase[],
  { particles = [1, 2, 3, 4, 8, 32], ordered }: ObjectiveOptions,
): Readonly<Record<ObjectiveCheck, LawPlan>> => {
  const subject = objectiveAt(make, particles);
  const { few: objective } = subject;
  const side = sideOf(objective);
  const [few] = subject.fromFew;
  const counts = few === undefined ? [] : [few];
  const over = (
    check: ObjectiveCheck,
    cost: 'cheap' | 'moderate' | 'dear',
    law: (c: BoundCase, falseAlarm: number) => void,
    isStatistical = false,
  ): LawPlan => ({
    cost,
    isStatistical,
    run: overCases(check, cases, counts, (c, _, falseAlarm) => law(c, falseAlarm)),
  });
  const sideLaw = (c: BoundCase, falseAlarm: number): void =>
    checkSide({ ...c, falseAlarm }, subject);
  const monotone = objective.meaning.monotone;
  return {
    checkTight: {
      cost: 'cheap',
      isStatistical: true,
      run: overCases('checkTight', cases, subject.fromFew, (c, k, falseAlarm) =>
        checkTight({ ...c, guide: c.posterior, objective: subject.at(k), falseAlarm }),
      ),
    },
    checkShift: over('checkShift', 'cheap', (c) => checkShift({ ...c, objective })),
    checkBoundScale: over('checkBoundScale', 'cheap', (c) => checkBoundScale({ ...c, objective })),
    checkBoundBelowEvidence:
      side === 'lower'
        ? over('checkBoundBelowEvidence', 'moderate', sideLaw, true)
        : `'${objective.name}' states no lower bound`,
    checkBoundAboveEvidence:
      side === 'upper'
        ? over('checkBoundAboveEvidence', 'moderate', sideLaw, true)
        : `'${objective.name}' states no upper bound`,
    checkOrderInParticles:
      monotone === undefined
        ? `'${objective.name}' states nothing of its number of particles (monotone)`
        : typeof make !== 'function'
          ? 'no function of the number of particles is given'
          : subject.particles.length < 2
            ? `an order takes two numbers of particles, and there is ${subject.particles.join() || 'none'}`
            : over(
                'checkOrderInParticles',
                'moderate',
                (c, falseAlarm) =>
                  checkMeansInParticles({ ...c, falseAlarm }, make, subject.particles, 'few'),
                true,
              ),
    checkOrdered:
      ordered === undefined
        ? 'ordered is not given'
        : over(
            'checkOrdered',
            'moderate',
            (c, falseAlarm) =>
              checkOrdered({
                ...c,
                objectives: ordered.map((o) => objectiveAt(o, particles).few),
                falseAlarm,
              }),
            true,
          ),
    checkGradients: {
      cost: 'dear',
      isStatistical: true,
      run: overSmallCases('checkGradients', cases, subject.fromTwo, (c, k, falseAlarm) =>
        checkGradients({ ...c, objective: subject.at(k), falseAlarm }),
      ),
    },
  };
};

/**
 * Checks all that an objective of your own claims, over generated cases of which everything is known, and
 * throws one error that tells each law that is broken and on which case. Claims stand in
 * `Objective.meaning`: which side of log p(data) it lies on, whether it is tight, how it moves with its
 * number of particles; and that its surrogate's gradient is that of its mean.
 *
 * `make` is an objective or, better, a function that makes it of a number of particles: a bound from above
 * in disguise shows with many. Means are taken over every joint draw on discrete cases and by sequential
 * tests elsewhere, which share `falseAlarm`; all other laws hold at every draw. Tightness is asked with
 * every number of particles; order and gradients with those whose joint draws are few enough, on some case.
 *
 * - Cases: discrete ones of few joint states, with gaps of a nat and more, and linear-Gaussian ones; they
 *   follow from `seed`.
 * - What it returns says which checks passed and which say nothing of this objective, how long each took,
 *   and the cases. A check that needs another guide than a case has looks at the other cases.
 * - Errors: a `BrokenLawsError`; options out of range throw a `RangeError`.
 *
 * @example
 * ```ts
 * const half = (weights: Tensor) => tf.div(logPowerMean(weights, 1), 2);
 * const mine = (particles: number): Objective => ({
 *   ...iwae({ particles }),
 *   name: 'half',
 *   estimate: (joint) => estimateWeights(joint, half),
 * });
 * const few = { laws: ['checkTight', 'checkShift'], cases: 1 } as const;
 * const told = await checkObjective(mine, few).catch((e: Error) => e.message.slice(0, 26));
 * told; // '2 of 2 checks failed.\n- ch'
 * const right = (particles: number) => iwae({ particles });
 * const { passed, seconds } = await checkObjective(right, few);
 * passed; // ['checkTight', 'checkShift']
 * (seconds.checkTight ?? 0) > 0; // true
 * ```
 */
export const checkObjective = async (
  make: MakeObjective,
  options: ObjectiveOptions = {},
): Promise<ObjectiveReport> => {
  checkOptions<ObjectiveOptions>('checkObjective', options, rules);
  const { cases = 5, seed = 20240229, draws, laws, seconds, falseAlarm } = options;
  const made = typeof cases === 'number' ? objectiveCases(cases, seed) : cases;
  const subjects = made.map((c) => ({ ...c, seed, ...(draws !== undefined && { draws }) }));
  const report = await runLaws('checkObjective', plansOf(make, subjects, options), {
    ...(laws && { laws }),
    ...(seconds !== undefined && { seconds }),
    ...(falseAlarm !== undefined && { falseAlarm }),
  });
  return { ...report, cases: made.map((c) => c.label) };
};

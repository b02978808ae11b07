/** Every law that applies to a model and its guide, in one call. */
import * as tf from '@tensorflow/tfjs';
import { only } from '../../dsl/records/dictionary.js';
import type { Tensor } from '../../dsl/index.js';
import type { Objective } from '../bounds/objective.js';
import { elbo } from '../bounds/objectives/elbo.js';
import {
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkWeights,
} from './bounds/evidence-laws.js';
import { checkEstimatorsAgree } from './bounds/estimators-agree-law.js';
import { checkExactGuide } from './bounds/exact-guide-law.js';
import { checkGradients } from './bounds/gradient/gradient-of-bound-law.js';
import { checkTight } from './bounds/tight-law.js';
import { checkBlock, checkCondition, checkReplay } from './programs/handler-laws.js';
import { checkCoverage } from './programs/coverage-law.js';
import { checkMask, checkScale } from './programs/scaling-laws.js';
import { checkSiteDistributions } from './programs/site-distributions-law.js';
import { checkSupports } from './programs/supports-law.js';
import type { Params } from '../interpreters/params.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import { drawnPlates, overAllData, partialPlates } from './law/all-data.js';
import { LawNotApplicable } from './law/not-applicable.js';
import { visiting, visitingAll } from './law/visited-rows.js';
import { type AnyProgram, type Inference, nothing, paramsOf } from './law/inference.js';
import {
  type Cost,
  type LawPlan,
  type LawReport,
  type RunOptions,
  runLaws,
} from './law/run-laws.js';
import { checkOrderInAlpha, checkOrderInParticles } from './bounds/ordering-laws.js';
import { checkParticles } from './programs/particles-law.js';
import { checkPlateIsLoop } from './programs/plate-loop-law.js';
import { checkMinibatches } from './programs/minibatches-law.js';
import { checkPlateElements } from './programs/plate-elements-law.js';
import { checkReparameterisation } from './programs/coordinates-law.js';
import { checkNoise } from './programs/noise-law.js';
import { checkRenaming, checkReordering } from './programs/naming-laws.js';
import { checkCompiled, checkMemory, checkResume } from './training/training-laws.js';
import { type ModelUnderTest, checkKnowledge } from './model-under-test.js';

/** Those of the given parameters that the model has. */
const givenToModel = ({ model, params = {} }: Inference): Params => {
  const own: string[] = [];
  tidied(
    () => own.push(...Object.keys(paramsOf(model, nothing, params))),
    () => [],
  );
  return only(params, (name) => own.includes(name));
};

const exact =
  (cost: Cost) =>
  (run: () => void | Promise<void>): LawPlan => ({ cost, run });
const cheap = exact('cheap');
const moderate = exact('moderate');
const dear = exact('dear');
const statistical = (run: (falseAlarm: number) => void, cost: Cost = 'dear'): LawPlan => ({
  cost,
  isStatistical: true,
  run,
});

/** Minibatches by the rows that were given or, without, of each plate whose elements the engine draws. */
const checkRows = (
  bound: Inference & { readonly objective: Objective },
  rows: ModelUnderTest['rows'],
): void =>
  tf.tidy(() => {
    const drawn = drawnPlates(bound);
    if (rows !== undefined) {
      const isWhole = drawn.length > 0 || partialPlates(bound).length === 0;
      const whole = { model: visitingAll(bound.model), guide: visitingAll(bound.guide) };
      return checkMinibatches({ ...bound, ...rows, ...(isWhole && { whole }) });
    }
    if (drawn.length === 0) {
      throw new LawNotApplicable(
        'checkMinibatches',
        '`rows`, or a plate with a subsample',
        'neither',
      );
    }
    drawn.forEach(({ name, size }) => {
      const at =
        (inner: AnyProgram) =>
        (some: Tensor): AnyProgram =>
          visitingAll(visiting(inner, (plate) => (plate.name === name ? some : undefined)));
      checkMinibatches({
        ...bound,
        model: at(bound.model),
        guide: at(bound.guide),
        size,
        plate: name,
      });
    });
  });

const plansOf = (subject: ModelUnderTest) => {
  // Laws have objectives of their own, functions of an order among them: no option goes on unasked.
  const { objective = elbo(), optimizer, ...given } = subject;
  const { logEvidence, posterior, rows, loop, reordered, as, ...inference } = given;
  const bound = { ...inference, objective };
  const trained = { ...bound, ...(optimizer && { optimizer }) };
  const lower = objective.meaning.bound ?? 'lower';
  const unknown = 'logEvidence is not given';
  const exactly = posterior && { posterior: visitingAll(posterior) };
  /** A law that is about all data. */
  const ofAll =
    (law: (all: typeof inference, falseAlarm: number) => void) =>
    (falseAlarm: number): void =>
      tf.tidy(() => law(overAllData(inference, rows, 'logEvidence'), falseAlarm));
  return {
    checkReplay: cheap(() => checkReplay(inference)),
    checkBlock: cheap(() => checkBlock(inference)),
    checkCondition: cheap(() => checkCondition(inference)),
    checkMask: cheap(() => checkMask(inference)),
    checkScale: cheap(() => checkScale(inference)),
    checkSupports: cheap(() => checkSupports(bound)),
    checkSiteDistributions: statistical(
      (falseAlarm) => checkSiteDistributions({ ...inference, falseAlarm }),
      'moderate',
    ),
    checkNoise: cheap(() => checkNoise(inference)),
    checkRenaming: cheap(() => checkRenaming(bound)),
    checkReordering:
      reordered === undefined
        ? 'reordered is not given'
        : cheap(() => checkReordering({ ...bound, reordered })),
    checkReparameterisation: cheap(() =>
      checkReparameterisation({ ...inference, ...(as && { as }) }),
    ),
    checkParticles: cheap(() => checkParticles(inference)),
    checkPlateElements: cheap(() => checkPlateElements(inference)),
    checkPlateIsLoop:
      loop === undefined
        ? 'loop is not given'
        : cheap(() => checkPlateIsLoop({ ...bound, ...loop, plated: inference })),
    checkMinibatches: moderate(() => checkRows(bound, rows)),
    checkOrderInParticles: moderate(() => checkOrderInParticles(inference)),
    checkOrderInAlpha: moderate(() => checkOrderInAlpha(inference)),
    checkGradients: statistical((falseAlarm) => checkGradients({ ...bound, falseAlarm })),
    checkEstimatorsAgree: statistical((falseAlarm) =>
      checkEstimatorsAgree({ ...inference, falseAlarm }),
    ),
    checkBoundBelowEvidence:
      logEvidence === undefined
        ? unknown
        : lower !== 'lower'
          ? `'${objective.name}' states no lower bound`
          : statistical(
              ofAll((all, falseAlarm) =>
                checkBoundBelowEvidence({ ...all, objective, logEvidence, falseAlarm }),
              ),
            ),
    checkBoundAboveEvidence:
      logEvidence === undefined || exactly === undefined
        ? 'logEvidence and posterior are not both given'
        : statistical(
            ofAll((all, falseAlarm) =>
              checkBoundAboveEvidence({ ...all, ...exactly, logEvidence, falseAlarm }),
            ),
          ),
    checkWeights:
      logEvidence === undefined
        ? unknown
        : statistical(
            ofAll((all, falseAlarm) =>
              checkWeights({ ...all, logEvidence, falseAlarm, ...exactly }),
            ),
          ),
    checkTight:
      logEvidence === undefined || exactly === undefined
        ? 'logEvidence and posterior are not both given'
        : statistical(
            ofAll((all, falseAlarm) => {
              const at = { ...all, params: givenToModel(all), guide: exactly.posterior };
              checkTight({ ...at, objective, logEvidence, falseAlarm });
            }),
          ),
    checkCoverage:
      exactly === undefined
        ? 'posterior is not given'
        : statistical(
            ofAll((all, falseAlarm) => checkCoverage({ ...all, ...exactly, falseAlarm })),
          ),
    checkExactGuide:
      posterior === undefined || exactly === undefined
        ? 'posterior is not given'
        : cheap(() =>
            tf.tidy(() => {
              // Without the evidence a part has a posterior of its own.
              const at =
                logEvidence === undefined
                  ? { ...inference, posterior }
                  : { ...overAllData(inference, rows, 'logEvidence'), ...exactly, logEvidence };
              checkExactGuide({ ...at, params: givenToModel(at), guide: at.posterior });
            }),
          ),
    checkResume: moderate(() => checkResume(trained)),
    checkMemory: moderate(() => checkMemory(trained)),
    checkCompiled: dear(() => checkCompiled(trained)),
  } satisfies Readonly<Record<string, LawPlan>>;
};

/** The checks that `checkModel` runs. */
export type ModelCheck = keyof ReturnType<typeof plansOf>;

/** Which of them passed, which were skipped and why, and how long each took. */
export type ModelReport = LawReport<ModelCheck>;

/**
 * Checks every law that applies to a model with its guide, and throws one `Error` that tells all that
 * are broken. Otherwise it says which passed, and which were skipped and why: most of those need to be
 * told something, such as `logEvidence`, `posterior`, or `rows` for minibatches. `laws` names those to
 * run, and `seconds` says after how long no more are begun; the cheap ones come first.
 *
 * - The chance of a false alarm is at most `falseAlarm` for the whole call, 1e-6 where left out.
 * - Takes about a second for a small model of normals, and two for one of gammas, betas or Dirichlets: estimators
 *   whose joint draws cannot be summed are compared by 2560 draws each, in proportion to `draws`.
 * - Errors: all broken laws in one `BrokenLawsError`; the error of a program that cannot run at all, as it is; an
 *   error that a program throws under some laws is told among them, under the name of the check; a
 *   `RangeError` for what is not known by this name or cannot be.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(z, 1), 5);
 * });
 * const guide = program(function* () {
 *   yield* sample('z', normal(yield* param('loc', 2), 1));
 * });
 * const { passed, seconds } = await checkModel({ model, guide, logEvidence: -7.5155121 });
 * passed.includes('checkBoundBelowEvidence'); // true
 * (seconds.checkBoundBelowEvidence ?? 0) > 0; // true
 * ```
 */
export const checkModel = async (
  subject: ModelUnderTest & RunOptions<ModelCheck>,
): Promise<ModelReport> => {
  checkKnowledge(subject);
  // A program that cannot run says so once, and not under the name of every check.
  tf.tidy(() => void paramsOf(subject.model, subject.guide, subject.params));
  return runLaws('checkModel', plansOf(subject), subject);
};

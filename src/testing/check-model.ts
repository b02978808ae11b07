/** Every law that applies to a model and its guide, in one call. */
import type { Objective } from '../bounds/objective.js';
import { elbo } from '../bounds/objectives/elbo.js';
import type { Optimizer } from '../inference/optimizer.js';
import {
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkWeights,
} from './bounds/evidence-laws.js';
import { checkEstimatorsAgree } from './bounds/estimators-agree-law.js';
import { checkExactGuide } from './bounds/exact-guide-law.js';
import { checkGradients } from './bounds/gradient-of-bound-law.js';
import { checkBlock, checkCondition, checkReplay } from './programs/handler-laws.js';
import { checkMask, checkScale } from './programs/scaling-laws.js';
import { checkSupports } from './programs/supports-law.js';
import type { Params } from '../params.js';
import { scoped } from '../scoped.js';
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
import { type PlateAndLoop, checkPlateIsLoop } from './programs/plate-loop-law.js';
import { type RowsInference, checkMinibatches } from './programs/minibatches-law.js';
import { checkPlateElements } from './programs/plate-elements-law.js';
import { type Coordinates, checkReparameterisation } from './programs/coordinates-law.js';
import { checkNoise } from './programs/noise-law.js';
import { checkRenaming, checkReordering } from './programs/naming-laws.js';
import { checkCompiled, checkMemory, checkResume } from './training/training-laws.js';

/** A model with its guide, and what is known of them; each piece of knowledge makes more laws apply. */
export interface ModelUnderTest extends Inference {
  /** The bound that is trained; `elbo()` where left out. */
  readonly objective?: Objective;
  readonly optimizer?: Optimizer;
  /** log p(data), nats. */
  readonly logEvidence?: number;
  /** The exact posterior as a program. */
  readonly posterior?: AnyProgram;
  /** Model and guide of some rows, for minibatches. */
  readonly rows?: Pick<RowsInference, 'model' | 'guide' | 'size'>;
  /** The same inference with a loop in place of a plate. */
  readonly loop?: Pick<PlateAndLoop, 'looped' | 'plate' | 'nameOf'>;
  /** The same inference with independent sites in another order. */
  readonly reordered?: Parameters<typeof checkReordering>[0]['reordered'];
  /** The same inference in other coordinates. */
  readonly as?: Coordinates;
}

/** Those of the given parameters that the model has. */
const givenToModel = ({ model, params = {} }: Inference): Params => {
  const own: string[] = [];
  scoped(
    () => own.push(...Object.keys(paramsOf(model, nothing, params))),
    () => [],
  );
  return Object.fromEntries(Object.entries(params).filter(([name]) => own.includes(name)));
};

const exact =
  (cost: Cost) =>
  (run: () => void | Promise<void>): LawPlan => ({ cost, run });
const cheap = exact('cheap');
const moderate = exact('moderate');
const dear = exact('dear');
const statistical = (run: (falseAlarm: number) => void): LawPlan => ({
  cost: 'dear',
  isStatistical: true,
  run,
});

const plansOf = (subject: ModelUnderTest) => {
  // Laws have objectives of their own, functions of an order among them: no option goes on unasked.
  const { objective = elbo(), optimizer, ...given } = subject;
  const { logEvidence, posterior, rows, loop, reordered, as, ...inference } = given;
  const bound = { ...inference, objective };
  const trained = { ...bound, ...(optimizer && { optimizer }) };
  const lower = objective.statement?.bound ?? 'lower';
  const unknown = 'logEvidence is not given';
  return {
    checkReplay: cheap(() => checkReplay(inference)),
    checkBlock: cheap(() => checkBlock(inference)),
    checkCondition: cheap(() => checkCondition(inference)),
    checkMask: cheap(() => checkMask(inference)),
    checkScale: cheap(() => checkScale(inference)),
    checkSupports: cheap(() => checkSupports(inference)),
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
    checkMinibatches:
      rows === undefined
        ? 'rows is not given'
        : moderate(() => checkMinibatches({ ...bound, ...rows })),
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
          : statistical((falseAlarm) =>
              checkBoundBelowEvidence({ ...bound, logEvidence, falseAlarm }),
            ),
    checkBoundAboveEvidence:
      logEvidence === undefined || posterior === undefined
        ? 'logEvidence and posterior are not both given'
        : statistical((falseAlarm) =>
            checkBoundAboveEvidence({ ...inference, logEvidence, posterior, falseAlarm }),
          ),
    checkWeights:
      logEvidence === undefined
        ? unknown
        : statistical((falseAlarm) =>
            checkWeights({
              ...inference,
              logEvidence,
              falseAlarm,
              ...(posterior && { posterior }),
            }),
          ),
    checkExactGuide:
      posterior === undefined
        ? 'posterior is not given'
        : cheap(() =>
            checkExactGuide({
              ...inference,
              params: givenToModel(inference),
              guide: posterior,
              ...(logEvidence !== undefined && { logEvidence }),
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
 * - Takes a second or two for a small model.
 * - Errors: all broken laws in one `BrokenLawsError`; any error that the programs themselves throw is told among
 *   them, under the name of the check.
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
export const checkModel = (
  subject: ModelUnderTest & RunOptions<ModelCheck>,
): Promise<ModelReport> => runLaws('checkModel', plansOf(subject), subject);

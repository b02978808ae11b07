/** Every law that applies to a model and its guide, in one call. */
import type { Objective } from '../bounds/objective.js';
import { elbo } from '../bounds/objectives/elbo.js';
import type { Optimizer } from '../inference/optimizer.js';
import { reasonOf } from '../thrown.js';
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
import { LawNotApplicable } from './law/not-applicable.js';
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

/** What was checked. */
export interface ModelReport {
  /** The checks that passed, by name. */
  readonly passed: readonly string[];
  /** Those that do not apply, each with the reason. */
  readonly skipped: readonly { readonly check: string; readonly why: string }[];
}

/** A check, or what it would need to be told. */
type Plan = (() => void | Promise<void>) | string;

/** Checks that draw at random, among which the false alarms are divided. */
const STATISTICAL = 6;

/** Those of the given parameters that the model has. */
const givenToModel = ({ model, params = {} }: Inference): Params => {
  const own: string[] = [];
  scoped(
    () => own.push(...Object.keys(paramsOf(model, nothing, params))),
    () => [],
  );
  return Object.fromEntries(Object.entries(params).filter(([name]) => own.includes(name)));
};

const plansOf = (subject: ModelUnderTest): Readonly<Record<string, Plan>> => {
  const { objective = elbo(), logEvidence, posterior, rows, loop, reordered, as } = subject;
  const inference: Inference = {
    ...subject,
    falseAlarm: (subject.falseAlarm ?? 1e-6) / STATISTICAL,
  };
  const bound = { ...inference, objective };
  const lower = objective.statement?.bound ?? 'lower';
  const unknown = 'logEvidence is not given';
  return {
    checkReplay: () => checkReplay(inference),
    checkBlock: () => checkBlock(inference),
    checkCondition: () => checkCondition(inference),
    checkMask: () => checkMask(inference),
    checkScale: () => checkScale(inference),
    checkSupports: () => checkSupports(inference),
    checkNoise: () => checkNoise(inference),
    checkRenaming: () => checkRenaming(bound),
    checkReordering:
      reordered === undefined
        ? 'reordered is not given'
        : () => checkReordering({ ...bound, reordered }),
    checkReparameterisation: () => checkReparameterisation({ ...inference, ...(as && { as }) }),
    checkParticles: () => checkParticles(inference),
    checkPlateElements: () => checkPlateElements(inference),
    checkPlateIsLoop:
      loop === undefined
        ? 'loop is not given'
        : () => checkPlateIsLoop({ ...bound, ...loop, plated: inference }),
    checkMinibatches:
      rows === undefined ? 'rows is not given' : () => checkMinibatches({ ...bound, ...rows }),
    checkOrderInParticles: () => checkOrderInParticles(inference),
    checkOrderInAlpha: () => checkOrderInAlpha(inference),
    checkGradients: () => checkGradients(bound),
    checkEstimatorsAgree: () => checkEstimatorsAgree(inference),
    checkBoundBelowEvidence:
      logEvidence === undefined
        ? unknown
        : lower !== 'lower'
          ? `'${objective.name}' states no lower bound`
          : () => checkBoundBelowEvidence({ ...bound, logEvidence }),
    checkBoundAboveEvidence:
      logEvidence === undefined || posterior === undefined
        ? 'logEvidence and posterior are not both given'
        : () => checkBoundAboveEvidence({ ...inference, logEvidence, posterior }),
    checkWeights:
      logEvidence === undefined
        ? unknown
        : () => checkWeights({ ...inference, logEvidence, ...(posterior && { posterior }) }),
    checkExactGuide:
      posterior === undefined
        ? 'posterior is not given'
        : () =>
            checkExactGuide({
              ...inference,
              params: givenToModel(inference),
              guide: posterior,
              ...(logEvidence !== undefined && { logEvidence }),
            }),
    checkResume: () => checkResume(bound),
    checkMemory: () => checkMemory(bound),
    checkCompiled: () => checkCompiled(bound),
  };
};

/**
 * Checks every law that applies to a model with its guide, and throws one `Error` that tells all that
 * are broken. Otherwise it says which passed, and which were skipped and why: most of those need to be
 * told something, such as `logEvidence`, `posterior`, or `rows` for minibatches.
 *
 * - The chance of a false alarm is at most `falseAlarm` for the whole call, 1e-6 where left out.
 * - Takes a second or two for a small model.
 * - Errors: all broken laws in one message; any error that the programs themselves throw is told among
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
 * const { passed } = await checkModel({ model, guide, logEvidence: -7.5155121 });
 * passed.includes('checkBoundBelowEvidence'); // true
 * ```
 */
export const checkModel = async (subject: ModelUnderTest): Promise<ModelReport> => {
  const passed: string[] = [];
  const skipped: { readonly check: string; readonly why: string }[] = [];
  const complaints: string[] = [];
  for (const [check, plan] of Object.entries(plansOf(subject))) {
    if (typeof plan === 'string') {
      skipped.push({ check, why: plan });
      continue;
    }
    try {
      await plan();
      passed.push(check);
    } catch (error) {
      if (error instanceof LawNotApplicable) skipped.push({ check, why: error.message });
      else complaints.push(`${check}: ${reasonOf(error)}`);
    }
  }
  if (complaints.length === 0) return { passed, skipped };
  const heading = `${complaints.length} of ${passed.length + complaints.length} checks failed.`;
  throw new Error([heading, ...complaints.map((c) => `- ${c}`)].join('\n'));
};

/** Laws that tie bounds and importance weights to the evidence. Statistical. */
import * as tf from '@tensorflow/tfjs';
import { elbo } from '../../bounds/objectives/elbo.js';
import { eubo } from '../../bounds/objectives/eubo.js';
import type { Objective } from '../../bounds/objective.js';
import { computedTensor } from '../../compile/computed.js';
import { filled } from '../../transform/draws.js';
import { drawJoint, recordFrom } from '../../bounds/joint.js';
import { weighing } from '../../evidence/draw-weights.js';
import { knownParameter } from '../../inference/svi-checks.js';
import { parameterOf } from '../../interpreters/environment.js';
import { samplesOf } from '../../interpreters/record.js';
import { runProgram } from '../../interpreters/run.js';
import { logJoint } from '../../interpreters/score-record.js';
import { noiseOfDraws } from '../../interpreters/noise-of-draws.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import type { LawName } from '../law/catalogue.js';
import {
  type AnyProgram,
  type Inference,
  type Trial,
  modelParams,
  paramsOf,
  trialOf,
} from '../law/inference.js';
import { broken } from '../law/law.js';
import { mean } from '../statistics/numbers.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { sideOf, signOf } from './claims.js';
import { exactMean } from './joint-draws/exact-mean.js';
import { BATCHES, batchOf, batched } from '../statistics/replicated.js';
import { betAgainstUnitMean, testMeans } from '../statistics/sequential.js';

/** What a bound is compared with. */
export interface EvidenceLaw extends Inference {
  /** log p(data), in nats. */
  readonly logEvidence: number;
  readonly objective?: Objective;
}

const rounding = ({ tolerance }: Trial, logEvidence: number): number =>
  tolerance * Math.max(1, Math.abs(logEvidence));

const checkSide = (who: string, objective: Objective, side: 'lower' | 'upper'): void => {
  if (sideOf(objective) === side) return;
  throw new LawNotApplicable(
    who,
    `an objective that states ${side === 'lower' ? 'a lower' : 'an upper'} bound`,
    `'${objective.name}', which states '${sideOf(objective)}'`,
  );
};

/** Checks a bound by its mean over every joint draw; tells whether there is one. */
export const isCheckedExactly = (
  trial: Trial,
  law: LawName,
  objective: Objective,
  logEvidence: number,
  slack: number,
): boolean => {
  const value = exactMean(trial, objective);
  if (value === undefined) return false;
  const bound = signOf(objective) * value;
  const excess = (bound - logEvidence) * signOf(objective);
  if (!(excess <= slack)) {
    const side = sideOf(objective) === 'lower' ? 'at most' : 'at least';
    const expected = `the mean of '${objective.name}' to be ${side} log p(data) = ${logEvidence}`;
    broken(trial.claim(law), expected, `${bound}, over every joint draw`);
  }
  return true;
};

const checkMean = (
  trial: Trial,
  law: LawName,
  sign: 'atMost' | 'atLeast',
  excess: (batch: number) => number,
  slack: number,
  logEvidence: number,
  size: number,
): void => {
  const refuted = testMeans([{ sign, tolerance: slack }], (b) => [excess(b)], {
    falseAlarm: trial.alarm,
    batches: BATCHES,
  });
  if (refuted === undefined) return;
  broken(
    trial.claim(law),
    `a mean of ${sign === 'atMost' ? 'at most' : 'at least'} log p(data) = ${logEvidence}`,
    `${logEvidence + refuted.mean} ± ${refuted.standardError} after ${refuted.batches * size} draws`,
  );
};

/**
 * Checks that a lower bound is at most the log evidence: E[bound] ≤ log p(data), in nats.
 *
 * `objective` is any that states a lower bound, `elbo()` where left out. Where the guide has finite
 * supports, and not too many values, its mean is that over every joint draw of its particles; otherwise
 * it is taken over `draws` independent draws by a sequential test (`sequential.ts`). Give it particles
 * enough: of few weights the mean of their largest is below the evidence as well.
 *
 * - Errors: a broken law; a `LawNotApplicable` for an objective that states no lower bound.
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
 * const law = { model, guide: sample('z', normal(2, 1)), logEvidence: -7.5155121 };
 * checkBoundBelowEvidence(law);
 * E.isLeft(E.tryCatch(() => checkBoundBelowEvidence({ ...law, logEvidence: -9 }), String)); // true
 * ```
 */
export const checkBoundBelowEvidence = (law: EvidenceLaw): void =>
  tf.tidy(() => {
    const { logEvidence, objective = elbo() } = law;
    checkSide('checkBoundBelowEvidence', objective, 'lower');
    const trial = trialOf(law);
    const slack = rounding(trial, logEvidence);
    const below = 'the bound is below the evidence';
    if (isCheckedExactly(trial, below, objective, logEvidence, slack)) return;
    const bound = batched(trial, objective);
    const excess = (b: number): number => bound.value(b) - logEvidence;
    checkMean(trial, below, 'atMost', excess, slack, logEvidence, bound.size);
  });

/** What an upper bound is compared with. */
export interface UpperEvidenceLaw extends EvidenceLaw {
  /**
   * The exact posterior as a program, where it is known: E_posterior[log p(data, z) − log q(z)] is
   * then taken at its draws, and `objective` is not asked.
   */
  readonly posterior?: AnyProgram;
  /** How far below a bound of finitely many particles may lie, nats; 0 where left out. */
  readonly slack?: number;
}

/**
 * Checks that an upper bound is at least the log evidence, in nats.
 *
 * With `posterior` the guide's bound is taken at exact draws of it, without bias. Otherwise
 * `objective` is estimated by its own particles, `eubo({ particles: 256 })` where left out: of K
 * weights it is lower than the bound by O(1/K), for which there is `slack`.
 *
 * - Errors: a broken law; a `LawNotApplicable` for an objective that states no upper bound.
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
 * const posterior = sample('z', normal(2.5, Math.SQRT1_2));
 * const law = { model, guide: sample('z', normal(2, 1)), posterior, logEvidence: -7.5155121 };
 * checkBoundAboveEvidence(law);
 * E.isLeft(E.tryCatch(() => checkBoundAboveEvidence({ ...law, logEvidence: -6 }), String)); // true
 * ```
 */
export const checkBoundAboveEvidence = (law: UpperEvidenceLaw): void =>
  tf.tidy(() => {
    const { logEvidence, posterior, objective = eubo({ particles: 256 }), slack = 0 } = law;
    checkSide('checkBoundAboveEvidence', objective, 'upper');
    const trial = trialOf(law);
    const above = 'the bound is above the evidence';
    const allowed = slack + rounding(trial, logEvidence);
    if (posterior !== undefined) {
      const excess = (b: number): number => mean(weightsAt(trial, posterior, b)) - logEvidence;
      checkMean(trial, above, 'atLeast', excess, allowed, logEvidence, batchOf(trial));
      return;
    }
    if (isCheckedExactly(trial, above, objective, logEvidence, allowed)) return;
    const bound = batched(trial, objective);
    const excess = (b: number): number => -bound.value(b) - logEvidence;
    checkMean(trial, above, 'atLeast', excess, allowed, logEvidence, bound.size);
  });

/** log p(data, z) − log q(z) at a batch of draws of `drawn`, q the guide. */
const weightsAt = (trial: Trial, drawn: AnyProgram, b: number): readonly number[] => {
  const { model, guide, params, key, structure } = trial;
  // Another guide's parameters are its own, by whatever name.
  const given = drawn === guide ? params : paramsOf(model, drawn, modelParams(trial));
  const noise = keyedNoise(foldIn(key, b));
  const found: number[] = [];
  tf.tidy(() => {
    const options = { noise, parameter: parameterOf(given, noise) };
    const { depth } = structure;
    const weights = computedTensor(() => {
      const joint = drawJoint(model, drawn, weighing(batchOf(trial), depth), options);
      const values = samplesOf(joint.guide.records);
      const one = joint.draws.each(() => {
        const again = runProgram(guide, {
          noise: joint.draws.sizes.length === 0 ? noise : noiseOfDraws(noise, joint.draws),
          parameter: knownParameter(params),
          choose: (i) => ({ from: 'value', value: recordFrom(values, i.name).value }),
        });
        return tf.sub(logJoint(joint.model.records), logJoint(again.records));
      });
      return filled(joint.draws, joint.draws.all(one));
    });
    found.push(...weights.dataSync());
  });
  return found;
};

/**
 * Checks that importance weights average to the evidence: E_q[p(data, z) / q(z)] ≤ p(data), whose
 * breach means a density that counts too much; with `posterior`, that E[q(z) / p(data, z)] over its
 * draws is at most 1 / p(data), whose breach means one that counts too little.
 *
 * Both by betting, with a false-alarm rate that holds for any law of the weights, however heavy its
 * tail. Weights of subsampled plates have no such mean, so visit all data.
 *
 * - Errors: a broken law.
 * - Source: the mean of importance weights, Burda et al. 2016, section 3, arXiv:1509.00519.
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
 * const law = { model, guide: sample('z', normal(2, 1)), logEvidence: -7.5155121 };
 * checkWeights(law);
 * E.isLeft(E.tryCatch(() => checkWeights({ ...law, logEvidence: -8 }), String)); // true
 * ```
 */
export const checkWeights = (law: Omit<UpperEvidenceLaw, 'objective' | 'slack'>): void =>
  tf.tidy(() => {
    const { logEvidence, posterior } = law;
    const trial = trialOf(law);
    const claim = trial.claim('weights average to the evidence');
    const alarm = trial.alarm / (posterior === undefined ? 1 : 2);
    // Rounding of a log weight would count as a small gain at every draw.
    const relaxed = rounding(trial, logEvidence);
    const bet = (drawn: AnyProgram, sign: 1 | -1, what: string): void => {
      const xs = Array.from({ length: BATCHES }, (_, b) => weightsAt(trial, drawn, b))
        .flat()
        .map((w) => Math.exp(sign * (w - logEvidence) - relaxed));
      const dropped = betAgainstUnitMean(xs, alarm);
      if (dropped === undefined) return;
      const seen = mean(xs.slice(0, dropped));
      broken(claim, `${what} to average to 1`, `a mean of ${seen} over ${dropped} draws`);
    };
    bet(trial.guide, 1, 'p(data, z) / q(z) / p(data) over draws of the guide');
    if (posterior !== undefined) {
      bet(posterior, -1, 'p(data) q(z) / p(data, z) over draws of the posterior');
    }
  });

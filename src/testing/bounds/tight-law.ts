/** The law that a bound is tight: log p(data) where the guide is the posterior. */
import * as tf from '@tensorflow/tfjs';
import type { Objective } from '../../bounds/objective.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import { type BoundOf, type Inference, type Trial, boundOf, trialOf } from '../law/inference.js';
import { broken, expectClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { BATCHES, batched } from '../statistics/replicated.js';
import { testMeans } from '../statistics/sequential.js';
import { exactMean } from './joint-draws/exact-mean.js';
import { isTight, signOf } from './claims.js';

/** Joint draws that are looked at. */
const ROUNDS = 4;

/** A divergence in closed form is an expectation already: other terms vary around it. */
const isConstant = ({ derivation }: BoundOf): boolean =>
  derivation.terms.every((t) => t.kind !== 'kl');

const name = 'the exact guide has a tight bound';

/** Checks the mean of a bound that varies from draw to draw, exactly where that can be. */
const checkMean = (trial: Trial, objective: Objective, expected: number, slack: number): void => {
  const what = `the mean of '${objective.name}'`;
  const exact = exactMean(trial, objective);
  if (exact !== undefined) {
    const allowed = { absolute: slack, relative: 0 };
    expectClose(trial.claim(name), what, signOf(objective) * exact, expected, allowed);
    return;
  }
  const bound = batched(trial, objective);
  const refuted = testMeans(
    [{ sign: 'zero', tolerance: slack }],
    (b) => [signOf(objective) * bound.value(b) - expected],
    { falseAlarm: trial.alarm, batches: BATCHES },
  );
  if (refuted === undefined) return;
  const received = `${expected + refuted.mean} ± ${refuted.standardError}`;
  broken(trial.claim(name), `${what} to be ${expected}`, received);
};

/**
 * Checks that a bound is log p(data) where the guide is the posterior: at every draw if it is made of
 * draws or sums over a support, and in the mean if a divergence is taken in closed form.
 *
 * `guide` is the posterior. It finds scales, signs, units, constants, powers that are not undone and
 * means over the wrong axis. No statistics, but for closed forms with continuous draws.
 *
 * - Errors: a broken law; a `LawNotApplicable` for an objective that does not claim to be tight, as
 *   one that is no bound does not (`Meaning.tight`).
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(z, 1), 5);
 * });
 * const law = { model, guide: sample('z', normal(2.5, Math.SQRT1_2)), logEvidence: -7.5155121 };
 * checkTight({ ...law, objective: iwae({ particles: 3 }) });
 * const bits = {
 *   ...iwae({ particles: 3 }),
 *   estimate: (joint: Joint) =>
 *     estimateWeights(joint, (w) => tf.div(logPowerMean(w, 1), Math.LN2)),
 * };
 * E.isLeft(E.tryCatch(() => checkTight({ ...law, objective: bits }), String)); // true
 * ```
 */
export const checkTight = (
  law: Inference & { readonly logEvidence: number; readonly objective: Objective },
): void =>
  tf.tidy(() => {
    const { logEvidence, objective } = law;
    const trial = trialOf(law);
    const bound = boundOf(trial, objective);
    if (!isTight(bound)) {
      const received = `'${objective.name}', which does not`;
      throw new LawNotApplicable('checkTight', 'an objective that claims to be tight', received);
    }
    const slack = 2 * trial.tolerance * Math.max(1, Math.abs(logEvidence));
    if (!isConstant(bound)) {
      checkMean(trial, objective, logEvidence, slack);
      return;
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      const value = signOf(objective) * bound.value(keyedNoise(foldIn(trial.key, round)));
      const allowed = { absolute: slack, relative: 0 };
      expectClose(trial.claim(name), `the bound '${objective.name}'`, value, logEvidence, allowed);
    }
  });

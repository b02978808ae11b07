/** The law that a bound of a part of the data counts for all. It holds at every draw. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../../dsl/records/dictionary.js';
import { rewrite } from '../../../dsl/program/program.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import { expectSameBound } from '../law/expect-same-bound.js';
import { type AnyProgram, type Found, type Trial, boundOf, trialOf } from '../law/inference.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { type BoundLaw, checkClaimed } from './claims.js';

/** Joint draws that are looked at. */
const ROUNDS = 2;

/** How many times as many elements a plate is told to have. */
const TIMES = 3;

/** The plates around every site, of which a part may be visited. */
const sharedPlates = ({ model, guide }: Structure): readonly string[] => {
  const [first, ...others] = [...model, ...guide];
  return (first?.plates ?? [])
    .map((p) => p.name)
    .filter((name) => others.every((s) => s.plates.some((q) => q.name === name)));
};

/** The program told that plates have more elements than it visits. */
const larger = (inner: AnyProgram, plates: readonly string[]): AnyProgram =>
  rewrite(inner, () => ({
    each: (i) => {
      if (i.op === 'subsample') return i;
      if (i.op === 'param' && i.plates.length > 0) {
        const received = `'${i.name}', of which there would be more`;
        throw new LawNotApplicable('checkBoundScale', 'no parameter in a plate', received);
      }
      return {
        ...i,
        plates: i.plates.map((p) => (plates.includes(p.name) ? { ...p, size: p.size * TIMES } : p)),
      };
    },
  }));

const times = ({ value, gradients }: Found, by: number): Found => ({
  value: by * value,
  gradients: mapped(gradients, (xs) => xs.map((x) => by * x)),
});

const isWhole = ({ model, guide }: Structure): boolean =>
  [...model, ...guide].every((s) => s.plates.every((p) => p.count === p.size));

/**
 * Checks that a bound of a part of the data counts for all of them: told that the plates around every
 * site have three times as many elements, of which these are visited, it is three times the bound for
 * each plate, at the same draws, and so are its gradients.
 *
 * It finds a scale N/B that is forgotten, in the value or the surrogate, counted twice, or taken inside a
 * logarithm. No statistics.
 *
 * - Errors: a broken law; a `LawNotApplicable` for an objective that claims neither to be a bound nor to be
 *   tight, where no plate is around every site, a plate holds parameters or is subsampled already.
 *
 * @example
 * ```ts
 * const model = plate('data', 2, program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(z, 1), [1, 5]);
 * }));
 * const law = { model, guide: plate('data', 2, sample('z', normal([0, 2], 1))) };
 * checkBoundScale({ ...law, objective: iwae({ particles: 3 }) });
 * const unscaled = {
 *   ...iwae({ particles: 3 }),
 *   estimate: (joint: Joint) => {
 *     const value = tf.sum(logPowerMean(logWeights(joint), 1));
 *     return { value, surrogate: value, terms: {} };
 *   },
 * };
 * E.isLeft(E.tryCatch(() => checkBoundScale({ ...law, objective: unscaled }), String)); // true
 * ```
 */
export const checkBoundScale = (law: BoundLaw): void =>
  tf.tidy(() => {
    const { objective } = law;
    const trial = trialOf(law);
    const plates = sharedPlates(trial.structure);
    if (plates.length === 0 || !isWhole(trial.structure)) {
      const expected = 'a plate around every site, all of which is visited';
      throw new LawNotApplicable('checkBoundScale', expected, 'none');
    }
    const bound = boundOf(trial, objective);
    checkClaimed('checkBoundScale', objective, bound);
    const more: Pick<Trial, 'model' | 'guide' | 'params'> = {
      ...trial,
      model: larger(trial.model, plates),
      guide: larger(trial.guide, plates),
    };
    const scaled = boundOf(more, objective);
    for (let round = 0; round < ROUNDS; round += 1) {
      const noise = keyedNoise(foldIn(trial.key, round));
      const expected = times(bound.found(noise), TIMES ** plates.length);
      const claim = trial.claim('a part of the data counts for all');
      const what = `of '${objective.name}' of a plate of ${TIMES} times as many elements`;
      expectSameBound(claim, what, scaled.found(noise), expected, trial.tolerance);
    }
  });

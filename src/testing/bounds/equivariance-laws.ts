/** Laws of how a bound moves with the model: a constant, a scale. They hold at every draw. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../../../dsl/index.js';
import { rewrite } from '../../../dsl/program/program.js';
import type { Objective } from '../../bounds/objective.js';
import type { Structure } from '../../bounds/structure.js';
import { keyedNoise } from '../../noise-source.js';
import { foldIn } from '../../random/index.js';
import { expectSameBound } from '../law/expect-same-bound.js';
import {
  type AnyProgram,
  type Found,
  type Inference,
  type Trial,
  boundOf,
  trialOf,
} from '../law/inference.js';
import { expectClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { isClaimed, signOf } from './claims.js';

/** An inference with the bound that is taken of it. */
export interface BoundLaw extends Inference {
  readonly objective: Objective;
}

const checkClaims = (check: string, objective: Objective, isSo: boolean): void => {
  if (isSo) return;
  throw new LawNotApplicable(check, 'an objective that claims a bound', `'${objective.name}'`);
};

/** Joint draws that are looked at. */
const ROUNDS = 2;

/** What is added to log p of each datum, in nats: a little, and as much as an image has either way. */
const SHIFTS = [1, -150, 150];

/** An observation or a factor, and how many elements it counts for. */
const anchorOf = ({
  model,
}: Structure): { readonly name: string; readonly size: number } | undefined => {
  const [site] = model.filter((s) => s.kind !== 'latent');
  return site && { name: site.name, size: site.plates.reduce((n, p) => n * p.size, 1) };
};

const added = (distribution: Distribution, by: number): Distribution => ({
  ...distribution,
  logProb: (value) => tf.add(distribution.logProb(value), by),
});

/** The model with a constant added to the log density of a site. */
const shifted = (model: AnyProgram, site: string, by: number): AnyProgram =>
  rewrite(model, () => ({
    each: (i) => {
      if (i.op === 'sample' && i.name === site) {
        return { ...i, distribution: added(i.distribution, by) };
      }
      return i.op === 'factor' && i.name === site
        ? { ...i, logFactor: tf.add(i.logFactor, by) }
        : i;
    },
  }));

/**
 * Checks that a constant added to log p(data, z) is added to the bound: 1, −150 and 150 nats for each
 * datum, at the same draws. So it must be, for data in other units have a density that differs by such
 * a factor, and no bound may depend on what they are measured in.
 *
 * It finds scales, powers that are not undone, units, and exponentials of log weights that are taken as
 * they are: 150 nats are too many for float32. No statistics.
 *
 * - Errors: a broken law; a `LawNotApplicable` for an objective that claims neither to be a bound nor to
 *   be tight, or a model without an observation and a factor.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* observe('x', normal(z, 1), 5);
 * });
 * const law = { model, guide: sample('z', normal(2, 1)) };
 * checkShift({ ...law, objective: iwae({ particles: 3 }) });
 * const naive = {
 *   ...iwae({ particles: 3 }),
 *   estimate: (joint: Joint) => estimateWeights(joint, (w) => tf.log(tf.mean(tf.exp(w), 0))),
 * };
 * E.isLeft(E.tryCatch(() => checkShift({ ...law, objective: naive }), String)); // true
 * ```
 */
export const checkShift = (law: BoundLaw): void =>
  tf.tidy(() => {
    const { objective } = law;
    const trial = trialOf(law);
    const bound = boundOf(trial, objective);
    checkClaims('checkShift', objective, isClaimed(bound));
    const anchor = anchorOf(trial.structure);
    if (anchor === undefined) {
      throw new LawNotApplicable('checkShift', 'an observation or a factor', 'none');
    }
    for (const by of SHIFTS) {
      const moved = boundOf({ ...trial, model: shifted(trial.model, anchor.name, by) }, objective);
      for (let round = 0; round < ROUNDS; round += 1) {
        const noise = keyedNoise(foldIn(trial.key, round));
        const expected = bound.value(noise) + signOf(objective) * by * anchor.size;
        const absolute = trial.tolerance * Math.max(1, Math.abs(by * anchor.size));
        expectClose(
          trial.claim('a constant is added to the bound'),
          `the value of '${objective.name}' with ${by} nats for each datum`,
          moved.value(noise),
          expected,
          { absolute, relative: trial.tolerance },
        );
      }
    }
  });

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
  gradients: Object.fromEntries(
    Object.entries(gradients).map(([name, xs]) => [name, xs.map((x) => by * x)]),
  ),
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
    checkClaims('checkBoundScale', objective, isClaimed(bound));
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

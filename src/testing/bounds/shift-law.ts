/** The law that a constant in the model is added to the bound. It holds at every draw. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution } from '../../../dsl/index.js';
import { rewrite } from '../../../dsl/program/program.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import { type AnyProgram, boundOf, trialOf } from '../law/inference.js';
import { expectClose } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';
import { type BoundLaw, checkClaimed, signOf } from './claims.js';

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
    checkClaimed('checkShift', objective, bound);
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
          `the value of '${objective.name}' with ${by} ${by === 1 ? 'nat' : 'nats'} for each datum`,
          moved.value(noise),
          expected,
          { absolute, relative: trial.tolerance },
        );
      }
    }
  });

/** The law that a guide can draw what the posterior has. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from '../../../dsl/index.js';
import { isOf, lawOf } from '../../../dsl/law/distribution.js';
import { categoricalFamily } from '../../../dsl/distributions/classes/categorical.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { atAllDraws, drawJoint, recordFrom } from '../../bounds/joint.js';
import { computed } from '../../compile/computed.js';
import { weighing } from '../../evidence/draw-weights.js';
import { knownParameter } from '../../inference/svi-checks.js';
import { parameterOf } from '../../interpreters/environment.js';
import { type SampleRecord, samplesOf } from '../../interpreters/record.js';
import { noiseOfDraws } from '../../interpreters/noise-of-draws.js';
import { runProgram } from '../../interpreters/run.js';
import { overPlates } from '../../interpreters/score-record.js';
import { keyedNoise } from '../../random/noise-source.js';
import { foldIn } from '../../random/index.js';
import {
  type AnyProgram,
  type Inference,
  modelParams,
  paramsOf,
  trialOf,
} from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';

/** Draws of the posterior. */
const DRAWS = 512;

/** How much of the posterior may be out of the guide's reach. */
const SHARE = 1e-3;

/** A chance that noise of float32, in steps of 2⁻²⁴, cannot have. */
const LEAST = Math.log(2 ** -24);

/**
 * How many of `draws` are more than a chance of `SHARE` explains: the least count c with
 * draws · KL(c / draws ‖ SHARE) ≥ log(1 / alarm), Chernoff's bound on a binomial's tail.
 */
const tooMany = (draws: number, alarm: number): number => {
  const divergence = (c: number): number => {
    const f = c / draws;
    const rest = f === 1 ? 0 : (1 - f) * Math.log((1 - f) / (1 - SHARE));
    return draws * (f * Math.log(f / SHARE) + rest);
  };
  const counts = Array.from({ length: draws }, (_, i) => i + 1);
  return counts.find((c) => c > draws * SHARE && divergence(c) >= -Math.log(alarm)) ?? draws + 1;
};

/** log of the chance of the component that a value is the likeliest under. */
const componentChance = (logits: Tensor, component: Distribution, value: Tensor): Tensor => {
  const each = component.logProb(tf.expandDims(value, value.rank - component.eventShape.length));
  const best = tf.oneHot(tf.cast(tf.argMax(each, -1), 'int32'), each.shape.at(-1) ?? 1);
  return tf.sum(tf.where(tf.cast(best, 'bool'), logits, 0), -1);
};

const below = (logChance: Tensor, least: number): Tensor =>
  tf.cast(tf.less(logChance, least), 'float32');

/** Beneath every log density that float32 holds. */
const LOWEST = -3e38;

/** Where a value is out of a law's reach: 1 there and 0 elsewhere, `[...left, ...batch]`. */
const missedBy = (d: Distribution, value: Tensor): Tensor => {
  const { structure } = d;
  if (structure?._tag === 'independent') {
    // Each coordinate has a chance of its own.
    return Array.from({ length: structure.rank }).reduce<Tensor>(
      (missed) => tf.max(missed, -1),
      missedBy(structure.base, value),
    );
  }
  if (structure?._tag === 'expanded') return missedBy(structure.base, value);
  if (
    structure?._tag === 'mixture' &&
    isOf(structure.mixing, categoricalFamily) &&
    d.sampler.enumeration === undefined
  ) {
    const chance = componentChance(structure.mixing.parameters.logits, structure.component, value);
    return tf.maximum(below(d.logProb(value), LOWEST), below(chance, LEAST));
  }
  return below(d.logProb(value), d.sampler.enumeration === undefined ? LOWEST : LEAST);
};

/**
 * Checks that the guide can draw what the posterior has: at 512 draws of `posterior` every site of the
 * guide has a positive density and, where its values are listed, a chance that float32 noise can have,
 * 2⁻²⁴ or more; so has the component that a mixture would draw them from. Else no number of draws finds
 * what is missing, and the bound never shows it.
 *
 * A guide is dropped where more than a thousandth of the posterior must be out of its reach, by Chernoff's
 * bound: with a false alarm of 1e-6 a site is found that misses four in a hundred.
 *
 * - Edges: a point mass, as of a guide for the mode, claims one value and no more, and is not asked.
 * - Errors: a broken law, which names the site; a `LawNotApplicable` for a guide of point masses alone.
 *
 * @example
 * ```ts
 * const model = sample('k', categorical({ probs: [1, 1, 1] }));
 * const law = { model, posterior: model };
 * checkCoverage({ ...law, guide: sample('k', categorical({ logits: [0, 0, -4] })) });
 * const missing = sample('k', categorical({ logits: [0, 0, -40] }));
 * E.isLeft(E.tryCatch(() => checkCoverage({ ...law, guide: missing }), String)); // true
 * ```
 */
export const checkCoverage = (law: Inference & { readonly posterior: AnyProgram }): void =>
  tf.tidy(() => {
    const trial = trialOf(law);
    const { model, guide, params, structure } = trial;
    const noise = keyedNoise(foldIn(trial.key, 'posterior'));
    // The posterior's parameters are its own, by whatever name.
    const given =
      law.posterior === guide ? params : paramsOf(model, law.posterior, modelParams(trial));
    const records: SampleRecord[] = [];
    const missed = computed({}, () => {
      const joint = drawJoint(model, law.posterior, weighing(DRAWS, structure.depth), {
        noise,
        parameter: parameterOf(given, noise),
      });
      const values = samplesOf(joint.guide.records);
      const again = joint.draws.each(() =>
        runProgram(guide, {
          noise: noiseOfDraws(noise, joint.draws),
          parameter: knownParameter(params),
          choose: (i) => ({ from: 'value', value: recordFrom(values, i.name).value }),
        }),
      );
      const spread = [...samplesOf(again.records).values()].filter(
        (r) => r.distribution.isPoint !== true,
      );
      records.push(...spread);
      return Object.fromEntries(
        spread.map((r) => [
          r.name,
          atAllDraws(joint, () => overPlates(r, missedBy(lawOf(r.distribution), r.value))),
        ]),
      );
    });
    if (records.length === 0) {
      throw new LawNotApplicable(
        'checkCoverage',
        'a site of the guide that is no point mass',
        'none',
      );
    }
    const sites = records.map((record) => ({
      record,
      counts: [...tf.sum(entryOf(missed, record.name) ?? tf.zeros([1]), 0).dataSync()],
    }));
    const elements = sites.reduce((total, { counts }) => total + counts.length, 0);
    const most = tooMany(DRAWS, trial.alarm / elements);
    for (const { record, counts } of sites) {
      const worst = counts.indexOf(Math.max(...counts));
      const count = counts[worst] ?? 0;
      if (count < most) continue;
      const of = counts.length === 1 ? '' : `element ${worst} of `;
      broken(
        trial.claim('the guide covers the posterior'),
        `a guide that can draw what the posterior draws at ${of}'${record.name}', all but a thousandth`,
        `a density of 0, or a chance below 2^-24, at ${count} of ${DRAWS} draws`,
      );
    }
  });

/** The law that draws have a finite weight. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { plateScale } from '../../../dsl/program/layout.js';
import { latentSites } from '../../bounds/dependence/structure.js';
import { type Joint, atAllDraws, drawJoint } from '../../bounds/joint.js';
import { computed } from '../../compile/computed.js';
import type { Tensors } from '../../compile/recording/recorder.js';
import { logWeights } from '../../bounds/weights/log-weights.js';
import { isOverWeights } from '../../bounds/meaning.js';
import type { Objective } from '../../bounds/objective.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { logInside } from '../../bounds/fit/support-mask.js';
import { weighing } from '../../evidence/draw-weights.js';
import { parameterOf } from '../../interpreters/environment.js';
import { samplesOf } from '../../interpreters/record.js';
import { siteLogProb } from '../../interpreters/score-record.js';
import { trace } from '../../interpreters/trace.js';
import { keyedNoise } from '../../random/noise-source.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import { type Inference, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { rowsOf } from '../statistics/numbers.js';
import { isInside } from '../distributions/support-geometry.js';

/** Whether an objective is made of several importance weights, of which some may be 0. */
const isOfWeights = ({ particles, meaning }: Objective): boolean =>
  particles > 1 && isOverWeights(meaning) && meaning.needsEveryWeight !== true;

const isFinite = (x: Tensor): boolean => [...x.dataSync()].every(Number.isFinite);

/** What both sides say of every draw of a latent site: what is 0 beside these is observed, or a factor. */
const densitiesOf = (joint: Joint): Tensors => {
  const scored = samplesOf(joint.model.records);
  const found = [...samplesOf(joint.guide.records).values()].flatMap((q) => {
    const p = scored.get(q.name);
    const all = (f: () => Tensor): Tensor => atAllDraws(joint, f);
    if (p === undefined) return [all(() => siteLogProb(q))];
    return [
      all(() => siteLogProb(q)),
      all(() => siteLogProb(p)),
      all(() => logInside(q.value, p.distribution.support)),
    ];
  });
  return Object.fromEntries(found.map((x, i) => [String(i), x]));
};

/**
 * Checks that draws have a finite weight: 256 draws of the guide lie in the supports of their sites, in
 * guide and model, and the model gives each a finite log density; draws of the model lie in theirs.
 *
 * Under an `objective` made of weights, as iwae and its kin, the likelihood may be 0 at some of them:
 * such a weight is 0, and their mean is not. Under any other, and `elbo()` where it is left out, the bound
 * would be −∞.
 *
 * - Errors: a broken law, which names the site and the value.
 *
 * @example
 * ```ts
 * const model = sample('z', gamma(2, 1));
 * checkSupports({ model, guide: sample('z', logNormal(0, 1)) });
 * E.isLeft(E.tryCatch(() => checkSupports({ model, guide: sample('z', { ...normal(1, 1), support: positive }) }), String)); // true
 * ```
 */
export const checkSupports = ({
  objective = elbo(),
  ...inference
}: Inference & { readonly objective?: Objective }): void =>
  tf.tidy(() => {
    const COUNT = 256;
    const trial = trialOf(inference);
    const { model, guide, params, structure, key } = trial;
    const claim = trial.claim('draws have a finite weight');
    const supports = {
      model: new Map(latentSites(structure.model).map((s) => [s.name, s])),
      guide: new Map(latentSites(structure.guide).map((s) => [s.name, s])),
    };
    const sides = [
      ['model', model, ['model']],
      ['guide', guide, ['guide', 'model']],
    ] as const;
    for (const [side, drawn, within] of sides) {
      const { sites } = trace(drawn, { key, params, particles: COUNT });
      for (const { name, value, kind } of Object.values(sites)) {
        if (kind !== 'latent') continue;
        for (const of of within) {
          const site = supports[of].get(name);
          if (site === undefined) continue;
          const size = site.eventShape.reduce((product, n) => product * n, 1);
          const outside = rowsOf(value.dataSync(), size).find((e) => !isInside(site.support, e));
          if (outside !== undefined) {
            broken(
              claim,
              `every draw of '${name}' by the ${side} in the support of the ${of}, ${site.support.kind}`,
              `[${outside.join(', ')}]`,
            );
          }
        }
      }
    }
    const noise = keyedNoise(key);
    const isWhole = structure.model.every((s) => plateScale(s.plates) === 1);
    if (!isWhole) return;
    const made = computed({}, () => {
      const joint = drawJoint(model, guide, weighing(COUNT, structure.depth), {
        noise,
        parameter: parameterOf(params, noise),
      });
      return { weights: logWeights(joint), ...putUnder('densities', densitiesOf(joint)) };
    });
    const densities = Object.values(takeUnder('densities', made));
    const weights = [...made.weights.dataSync()];
    const bad = weights.find((w) => !Number.isFinite(w));
    if (bad === undefined) return;
    const isExcluded =
      weights.every((w) => Number.isFinite(w) || w === -Infinity) && densities.every(isFinite);
    if (!isExcluded) broken(claim, 'a finite log weight at every draw of the guide', String(bad));
    const zeros = weights.filter((w) => w === -Infinity).length;
    // A mean of weights is above 0 where one of them is.
    if (isOfWeights(objective) && zeros < weights.length) return;
    broken(
      claim,
      'a finite log weight at every draw of the guide',
      `a likelihood of 0 at ${zeros} of ${weights.length} weights`,
      'An expectation of logarithms is then -Infinity: use a guide that draws only what the data allow, or an objective made of weights, such as iwae, of which some may be 0.',
    );
  });

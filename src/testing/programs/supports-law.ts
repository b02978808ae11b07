/** The law that draws have a finite weight. */
import * as tf from '@tensorflow/tfjs';
import { plateScale } from '../../../dsl/program/layout.js';
import { latentSites } from '../../bounds/structure.js';
import { drawWeights } from '../../evidence/draw-weights.js';
import { trace } from '../../interpreters/trace.js';
import { keyedNoise } from '../../noise-source.js';
import { type Inference, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { rowsOf } from '../statistics/numbers.js';
import { isInside } from '../distributions/support-geometry.js';

/**
 * Checks that draws have a finite weight: 256 draws of the guide lie in the supports of their sites, in
 * guide and model, and the model gives each a finite log density; draws of the model lie in theirs.
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
export const checkSupports = (inference: Inference): void =>
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
    const { depth } = structure;
    const weights = drawWeights(model, guide, { params, noise, count: COUNT, depth });
    const bad = [...weights.dataSync()].find((w) => !Number.isFinite(w));
    if (bad !== undefined)
      broken(claim, 'a finite log weight at every draw of the guide', String(bad));
  });
